import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch.hashlists import jsonrows, jsontext
from hashmatch.hashlists.base import ListFile, Quarantined
from hashmatch.hashlists.jsonrows import (
    CANNOT_BE_PARSED,
    CUT_OFF,
    TOO_DAMAGED,
    Closed,
    OuterFields,
    rows,
)
from tests.support.json_list_seeds import InMemory


def found(text: str | bytes, *path: str) -> list[object]:
    data = text if isinstance(text, bytes) else text.encode()
    return [each for each in rows(InMemory(data), *path) if not isinstance(each, Closed)]


def good(text: str | bytes, *path: str) -> list[object]:
    return [each[1] for each in found(text, *path) if isinstance(each, tuple)]


def reasons(text: str | bytes, *path: str) -> list[tuple[int, str]]:
    return [(q.number, q.reason) for q in found(text, *path) if isinstance(q, Quarantined)]


ROOT = {"a": 1, "value": [{"x": 1}, {"x": 2}], "b": [2]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ROOT),
        json.dumps(ROOT, indent=3),
        json.dumps(ROOT).replace('"value"', '"VALUE"'),
        json.dumps(ROOT).encode("utf-16"),
        b"\xff\xfe" + json.dumps(ROOT).encode("utf-16-le"),
        b"\xfe\xff" + json.dumps(ROOT).encode("utf-16-be"),
        b"\xef\xbb\xbf" + json.dumps(ROOT).encode(),
        json.dumps(ROOT).replace("]", ",]").replace("}", ",}"),
        json.dumps(ROOT).replace("}, {", "} {"),
        json.dumps(ROOT) + "\0\0\0",
    ],
)
def test_rows_have_numbers_and_what_stands_around_them_is_told(text: str | bytes) -> None:
    header = OuterFields((), {"a": 1, "b": [2]})
    assert found(text, "value") == [(1, {"x": 1}), (2, {"x": 2}), header]


def test_rows_within_objects_of_an_array() -> None:
    text = '{"v": [{"n": 1, "M": [{"x": 1}], "o": 2}, {"m": []}, {"m": {"x": 2}}]}'
    assert found(text, "v", "m") == [
        (1, {"x": 1}),
        OuterFields(("v",), {"n": 1, "o": 2}),
        OuterFields(("v",), {}),
        (2, {"x": 2}),
        OuterFields(("v",), {}),
        OuterFields((), {}),
    ]


@pytest.mark.parametrize("text", ['{"x": 1}\n{"x": 2}', '[{"x": 1}, {"x": 2}]', '{"x":1}{"x":2}'])
def test_rows_that_are_documents(text: str) -> None:
    assert good(text) == [{"x": 1}, {"x": 2}]


BROKEN = [
    '{"x": 3, "y": "he said "hi" to"}',
    '{"x": 3, "y": "a quote " more"}',
    '{"x": 3, "y": tru}',
    '{"x": 3, "y": [1, 2}',
    '{"x": 3, "y": {"x": 9}',
    '{"x": 3 "y": 4}',
    "{'x': 3}",
    '{"x": 3, "y": "never closed}',
    "undefined",
    '{"x": 3, "y": "\\ud8"}',
    '{"x": 3, "y": "\\q"}',
    '{"x": 03}',
    '{"x": 3, "x": 4}',
    f'{{"x": 3, "y": {"9" * 5000}}}',
    "[" * 5000 + "]" * 5000,
    '{"x": 3, "y": ' + "[" * 100 + "]" * 100 + "}",
]


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("path", [(), ("value",)])
@pytest.mark.parametrize("last", [False, True])
def test_a_broken_row_costs_itself(broken: str, path: tuple[str, ...], *, last: bool) -> None:
    after = [] if last else [{"x": 5, "y": 6}, {"x": 7, "y": 8}]
    texts = [json.dumps({"x": 1, "y": 2}), broken, *map(json.dumps, after)]
    text = "[" + ",\n".join(texts) + "]"
    if path:
        text = f'{{"value": {text}}}'
    assert good(text, *path) == [{"x": 1, "y": 2}, *after]
    assert {number for number, _ in reasons(text, *path)} == {2}


def test_two_broken_rows_are_two() -> None:
    text = '[{"x": 1, "y": 1}, {"x": 2, "y": "a" b}, {"x": 3, "y": "c" d"}, {"x": 4, "y": 4}]'
    assert good(text) == [{"x": 1, "y": 1}, {"x": 4, "y": 4}]
    assert reasons(text) == [(2, CANNOT_BE_PARSED), (3, CANNOT_BE_PARSED)]


def test_what_is_nested_in_a_broken_row_does_not_pass_for_a_row() -> None:
    text = (
        '[{"x": 1, "y": []}, {"x": 2, "y": [{"z": 3}, {"x": 4, "z": 5}, "u" v"], {"x": 6, "y": 7}]'
    )
    assert good(text) == [{"x": 1, "y": []}, {"x": 6, "y": 7}]


def test_the_first_row_may_be_broken() -> None:
    text = '[{"x": "a " b", "y": 1}, {"x": 2, "y": 2}]'
    assert good(text) == [{"x": 2, "y": 2}]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"value": [{"x": 1}, {"x": 2', ("value",)),
        ('{"value": [{"x": 1}, {"x": "2', ("value",)),
        ('{"value": [{"x": 1},', ("value",)),
        ('{"value": [{"x": 1}]', ("value",)),
        ('[{"x": 1}, {', ()),
    ],
)
def test_a_file_that_ends_in_the_middle_says_so(text: str, path: tuple[str, ...]) -> None:
    assert good(text, *path) == [{"x": 1}]
    assert [reason for _, reason in reasons(text, *path)] == [CUT_OFF]


def test_bytes_that_are_no_text_cost_their_row() -> None:
    text = b'[{"x": 1}, {"x": "\xff"}, {"x": "\xef\xbf\xbd"}]'
    assert good(text) == [{"x": 1}, {"x": "\ufffd"}]
    assert [number for number, _ in reasons(text)] == [2]


def test_a_lone_surrogate_in_utf_16_costs_its_row() -> None:
    text = '[{"x": 1}, {"x": "\ud800"}, {"x": 3}]'.encode("utf-16-le", "surrogatepass")
    assert good(b"\xff\xfe" + text) == [{"x": 1}, {"x": 3}]


def test_control_characters_repeated_keys_and_infinities_are_read() -> None:
    text = '[{"x": "a\tb\nc\x01"}, {"x": 1, "x": 1}, {"x": NaN, "y": -Infinity, "z": 1e999}]'
    assert good(text) == [
        {"x": "a\tb\nc\x01"},
        {"x": 1},
        {"x": "NaN", "y": "-Infinity", "z": "1e999"},
    ]


@pytest.mark.parametrize(
    "text",
    [
        '{"value": [{"x": 1}}, {"x": 2}]}',
        '{"value": [{"x": 1}], {"x": 2}]}',
        '{"value": [{"x": 1}]], "value": [{"x": 2}]}',
        '{"a": oops, "value": [{"x": 1}, {"x": 2}]}',
        '{"value": [{"x": 1}, {"x": 2}], "b" 3}',
        '{"value": [{"x": 1}, {"x": 2}}',
    ],
)
def test_damage_around_rows_is_reported_and_rows_are_found(text: str) -> None:
    assert good(text, "value") == [{"x": 1}, {"x": 2}]
    assert reasons(text, "value")


def test_a_row_that_is_too_long_is_set_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (jsonrows, jsontext):
        monkeypatch.setattr(module, "CHUNK", 100)
        monkeypatch.setattr(module, "LONGEST_ROW", 5000)
    text = json.dumps([{"x": 1}, {"x": "y" * 50_000}, {"x": 3}])
    assert good(text) == [{"x": 1}, {"x": 3}]
    assert reasons(text) == [(2, "the row is longer than 5000 characters")]


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_where_reads_end_changes_nothing(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (jsonrows, jsontext):
        monkeypatch.setattr(module, "CHUNK", chunk)
    text = '{"é": 12, "value": [{"x": 1}, {"x": "ü" y}, 7, null, -1.5, {"x": true}], "b": "€"}'
    assert good(text, "value") == [{"x": 1}, 7, None, -1.5, {"x": True}]
    assert found(text, "value")[-1] == OuterFields((), {"é": 12, "b": "€"})


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(VALUES, max_size=5), st.sampled_from((None, 2)), st.sampled_from(("ascii", "utf-8"))
)
def test_any_json_values_are_rows(values: list[object], indent: int | None, encoding: str) -> None:
    text = json.dumps({"value": values}, indent=indent, ensure_ascii=encoding == "ascii")
    data = text.encode("utf-8", "surrogatepass")
    assert good(data, "value") == values


@given(st.binary(max_size=200))
def test_any_bytes_end(data: bytes) -> None:
    for path in ((), ("value",), ("value", "media")):
        list(rows(InMemory(b'{"value": [' + data), *path))
        list(rows(InMemory(data), *path))


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.json"
    row = json.dumps({"x": "y" * 1000})
    path.write_text('{"value": [' + ",".join([row] * 12_000) + "]}")
    tracemalloc.start()
    assert sum(isinstance(each, tuple) for each in rows(ListFile(path), "value")) == 12_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6_000_000


def test_rows_nested_without_end_do_not_take_for_ever() -> None:
    """A hundred thousand levels: searching each for its end took minutes."""
    known = json.dumps(ROOT)[:-1]
    text = known + ', "c": ' + '[{"x":' * 100_000
    assert good(text, "value") == ROOT["value"]
    deep = '{"value": [{"x": 1}, ' + '{"x": [' * 100_000
    assert good(deep, "value") == [{"x": 1}]
    assert reasons(deep, "value")[-1][1] in {CUT_OFF, TOO_DAMAGED}
