"""An attacker who has the source code: right checksums over anything, and never a missed match."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hashmatch.errors import DamagedIndexError
from hashmatch.index import reading
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Hash
from tests.support import crafted_indexes as crafted
from tests.support import unix
from tests.support.crafted_indexes import (
    generation_text,
    in_its_place,
    with_array,
    with_arrays,
    with_generation,
    with_header,
    with_meta,
    with_section,
    without_array,
)

Craft = Callable[[Path], None]


def _set(at: int, value: int) -> Callable[[Any], Any]:
    def change(array: Any) -> Any:
        array.reshape(-1)[at] = value
        return array

    return change


def _reversed(array: Any) -> Any:
    return array[::-1].copy()


def _swapped(array: Any) -> Any:
    array[[0, -1]] = array[[-1, 0]]
    return array


def _shorter(array: Any) -> Any:
    return array[:-1].copy()


def _first_part(value: dict[str, Any]) -> dict[str, Any]:
    return value["lists"][0]["parts"][0]  # type: ignore[no-any-return]


def _part(**fields: object) -> Craft:
    return with_generation(lambda value: _first_part(value).update(fields))


def _generation(**fields: object) -> Craft:
    return with_generation(lambda value: value.update(fields))


def _policy(policy: object) -> Craft:
    return with_generation(lambda value: value["lists"][0].update(policy=policy))


def _twice(value: dict[str, Any], key: str) -> None:
    held = value["lists"] if key == "lists" else value["lists"][0][key]
    held.append(held[0])


def _withdrawn(change: Callable[[Any], Any]) -> Craft:
    def changed(arrays: crafted.Arrays, _: crafted.Meta) -> None:
        for name in arrays:
            arrays[name] = change(arrays[name])

    return with_arrays(changed, kind="withdrawn")


def _without_last_entry(arrays: crafted.Arrays, _: crafted.Meta) -> None:
    arrays["md5.values"][-1] = 0
    from hashmatch.index import digests

    arrays.update({f"md5.{k}": v for k, v in digests.build(arrays["md5.values"]).items()})


_DEEP = b"[" * 100_000

FILES: dict[str, Craft] = {
    "magic": with_header(magic=b"hashmatch-arrayz"),
    "version 0": with_header(version=0),
    "longer than it is": with_header(longer=64),
    "shorter than it is": with_header(longer=-64),
    "header of 4 GiB": with_header(length=2**32 - 1),
    "header is no JSON": with_header(text=b"{"),
    "header is a list": with_header(text=b"[]"),
    "header is deep": with_header(text=_DEEP),
    "header is no text": with_header(text=b'{"\xff": 1}'),
    "header names a key twice": with_header(text=b'{"meta": {}, "meta": {}, "sections": []}'),
    "header holds NaN": with_header(lambda h: h["meta"].update(x=float("nan"))),
    "header holds Infinity": with_header(lambda h: h.update(table=float("inf"))),
    "header holds a long number": with_header(text=b'{"table": ' + b"9" * 5000 + b"}"),
    "header lacks the table": with_header(lambda h: h.pop("table")),
    "meta is a list": with_header(lambda h: h.update(meta=[])),
    "arrays are an object": with_header(lambda h: h.update(sections={})),
    "an array is a text": with_header(lambda h: h["sections"].__setitem__(0, "x")),
    "no arrays": with_header(lambda h: h["sections"].clear()),
    "too many arrays": with_header(lambda h: h["sections"].extend(h["sections"] * 2)),
    "table of checksums": with_header(lambda h: h.update(table=h["table"] ^ 1)),
    "array without dtype": with_header(lambda h: h["sections"][1].pop("dtype")),
    "dtype of objects": with_section(0, dtype="|O8"),
    "dtype of the other end": with_section(0, dtype=">u4"),
    "dtype is a number": with_section(0, dtype=4),
    "dtype of another width": with_section(0, dtype="<u8"),
    "name is a number": with_section(0, name=5),
    "name stands twice": with_section(0, name="class"),
    "shape is negative": with_section(0, shape=[-1]),
    "shape is huge": with_section(0, shape=[2**62]),
    "shape is huge in two": with_section(0, shape=[2**40, 2**40]),
    "shape is larger": with_section(0, shape=[10**6]),
    "shape is smaller": with_section(0, shape=[1]),
    "shape is a fraction": with_section(0, shape=[60.0]),
    "shape is a truth value": with_section(0, shape=[True]),
    "shape is empty": with_section(0, shape=[]),
    "shape is no list": with_section(0, shape=60),
    "shape has a list": with_section(0, shape=[[60]]),
    "place is negative": with_section(1, at=-64),
    "place is beyond the end": with_section(1, at=2**40),
    "place is in another array": with_section(1, at=0),
    "place is a text": with_section(1, at="0"),
    "no classes": with_arrays(lambda _, meta: meta.pop("classes")),
    "classes are texts": with_meta("classes", ["TEST"]),
    "too few classes": with_meta("classes", [["TEST", "1", False]]),
    "class is harmless by a text": with_meta("classes", [["TEST", "1", "no"]] * 3),
    "algorithms are a text": with_meta("algorithms", "pdq"),
    "algorithms stand twice": with_meta("algorithms", ["pdq", "pdq", "photodna"]),
    "algorithm that is not there": with_meta("algorithms", ["pdq", "photodna", "xhash-64"]),
    "pdq renamed to a hash of 64 bits": with_meta("algorithms", ["phash-64", "photodna"]),
    "parts are none": with_meta("parts", []),
    "parts are numbers": with_meta("parts", [0, 1]),
    "sources are none": with_meta("sources", []),
    "source is a number": with_meta("sources", [1]),
    "reasons are too few": with_meta("reasons", ["no hex"]),
    "sparse is no algorithm": with_meta("sparse", ["other"]),
    "numbers are bytes": with_array("number", lambda a: a.astype(np.uint8)),
    "numbers are negative": with_array("number", lambda a: a.astype(np.int32)),
    "numbers in two dimensions": with_array("number", lambda a: a.reshape(-1, 1)),
    "no numbers": without_array("number"),
    "fewer numbers": with_array("number", _shorter),
    "class beyond": with_array("class", _set(4, 2**31)),
    "no class": without_array("class"),
    "md5 rows beyond": with_array("md5.rows", _set(-1, 60)),
    "md5 rows descend": with_array("md5.rows", _reversed),
    "md5 rows twice": with_array("md5.rows", _set(5, 4)),
    "md5 order beyond": with_array("md5.order", _set(7, 2**32 - 1)),
    "md5 order twice": with_array("md5.order", _set(7, 3)),
    "md5 order swapped": with_array("md5.order", _swapped),
    "md5 keys": with_array("md5.keys", _swapped),
    "md5 key of another": with_array("md5.keys", _set(30, 5)),
    "md5 starts descend": with_array("md5.starts", _reversed),
    "md5 starts beyond": with_array("md5.starts", _set(-1, 2**63)),
    "md5 starts are zero": with_array("md5.starts", np.zeros_like),
    "md5 starts are few": with_array("md5.starts", _shorter),
    "md5 starts are none": with_array("md5.starts", lambda a: a[:0].copy()),
    "md5 of 15 bytes": with_array("md5.values", lambda a: a[:, :15].copy()),
    "md5 without keys": without_array("md5.keys"),
    "md5 without rows": without_array("md5.rows"),
    "sha256 without values": without_array("sha256.values"),
    "pdq rows descend": with_array("pdq.rows", _reversed),
    "pdq rows are few": with_array("pdq.rows", _shorter),
    "pdq rows beyond": with_array("pdq.rows", _set(-1, 60)),
    "pdq of 31 bytes": with_array("pdq.unique", lambda a: a[:, :31].copy()),
    "pdq of no bytes": with_array("pdq.unique", lambda a: a[:, :0].copy()),
    "pdq in three dimensions": with_array("pdq.unique", lambda a: a.reshape(-1, 16, 2)),
    "pdq are few": with_array("pdq.unique", _shorter),
    "pdq are none": without_array("pdq.unique"),
    "pdq starts are zero": with_array("pdq.starts", np.zeros_like),
    "pdq starts descend": with_array("pdq.starts", _reversed),
    "pdq starts beyond": with_array("pdq.starts", _set(-1, 2**31)),
    "pdq owners beyond": with_array("pdq.owners", _set(3, 2**32 - 1)),
    "pdq owners twice": with_array("pdq.owners", _set(3, 4)),
    "pdq owners swapped": with_array("pdq.owners", _swapped),
    "pdq code beyond": with_array("pdq.code", _set(3, 2**32 - 1)),
    "pdq code of another": with_array("pdq.code", _swapped),
    "pdq quality in floats": with_array("pdq.quality", lambda a: a.astype(np.float32)),
    "pdq quality is none": without_array("pdq.quality"),
    "pdq part beyond": with_array("pdq.part", _set(1, 9)),
    "pdq time without end": with_array("pdq.time", lambda a: np.full_like(a, np.inf)),
    "pdq time of whole numbers": with_array("pdq.time", lambda a: np.zeros_like(a, np.int32)),
    "id offsets beyond": with_array("id.offsets", _set(3, 2**63)),
    "id offsets descend": with_array("id.offsets", _reversed),
    "id offsets are few": with_array("id.offsets", _shorter),
    "id is no text": with_array("id.bytes", _set(0, 0xFF)),
    "id without bytes": without_array("id.bytes"),
    "details are no JSON": with_array("details.bytes", _set(0, ord("x"))),
    "details are a list": with_array("details.bytes", lambda a: np.full_like(a, ord("1"))),
    "details without offsets": without_array("details.offsets"),
    "photodna offsets descend": with_array("photodna.offsets", _reversed),
    "photodna without bytes": without_array("photodna.bytes"),
    "source beyond": with_array("source", _set(0, 7)),
    "source of bytes": with_array("source", lambda a: a.astype(np.uint8)),
    "quarantined beyond": with_array("quarantined.reason", _set(0, 99)),
    "quarantined are few": with_array("quarantined.reason", _shorter),
    "entries that were not imported": with_arrays(_without_last_entry),
    "withdrawn beyond": _withdrawn(_set(-1, 60)),
    "withdrawn descend": _withdrawn(_reversed),
    "withdrawn in fractions": _withdrawn(lambda a: a.astype(np.float32)),
    "withdrawn of another file": with_arrays(
        lambda arrays, _: arrays.update(x=np.zeros(1, np.uint32)), kind="withdrawn"
    ),
}

GENERATIONS: dict[str, Craft] = {
    "no JSON": generation_text(b"{"),
    "no text": generation_text(b'{"format": "\xff"}'),
    "a list": generation_text(b"[]"),
    "deep": generation_text(_DEEP),
    "a key twice": generation_text(b'{"format": "hashmatch-index", "version": 2, "version": 2}'),
    "version is a text": _generation(version="2"),
    "version is NaN": _generation(version=float("nan")),
    "version is negative": _generation(version=-1),
    "another format": _generation(format="hashmatch-list"),
    "another number": _generation(number=99),
    "number is a text": _generation(number="1"),
    "a field that nobody knows": _generation(other=1),
    "no lists": with_generation(lambda value: value.pop("lists") and None),
    "lists are an object": _generation(lists={}),
    "lists are numbers": _generation(lists=[1]),
    "history is a number": _generation(history=5),
    "history of numbers": _generation(history=[5]),
    "calibration is a list": _generation(calibration=[1]),
    "withdrawn is a text": _generation(withdrawn="x"),
    "a path out": _part(file="../elsewhere"),
    "an absolute path": _part(file="/etc/passwd"),
    "a path of a device": _part(file="/dev/zero"),
    "a path with an end": _part(file="entries-" + "0" * 32 + ".hma\0"),
    "a file is a number": _part(file=7),
    "another SHA-256": _part(sha256="0" * 64),
    "no SHA-256": _part(sha256=""),
    "SHA-256 is nothing": _part(sha256=None),
    "another SHA-256 of the entries": _part(entries_sha256="0" * 64),
    "fewer entries": _part(entries=59),
    "entries are negative": _part(entries=-60),
    "entries are a text": _part(entries="60"),
    "entries are a fraction": _part(entries=60.0),
    "a part twice": with_generation(lambda value: _twice(value, "parts")),
    "a list twice": with_generation(lambda value: _twice(value, "lists")),
    "sources are texts": with_generation(lambda value: value["lists"][0].update(sources=["x"])),
    "no policy": _policy(None),
    "policy is a list": _policy([]),
    "harmless is a text": _policy({"known_good": "no"}),
    "threshold is a text": _policy({"thresholds": {"pdq": "31"}}),
    "threshold is huge": _policy({"thresholds": {"pdq": 10**30}}),
    "category is a number": _policy({"categories": {"1": 2}}),
    "a folder for a part": in_its_place(Path.mkdir),
    "nothing for a part": in_its_place(lambda _: None),
    "a link for a part": in_its_place(lambda path: path.symlink_to("elsewhere")),
    "a sparse file for a part": in_its_place(crafted.make_sparse(1 << 43)),
    "a sparse file for a generation": in_its_place(crafted.make_sparse(1 << 33), "generation"),
}
if hasattr(os, "mkfifo"):
    GENERATIONS |= {
        "a pipe for a part": in_its_place(unix.os.mkfifo),
        "a pipe for a generation": in_its_place(unix.os.mkfifo, "generation"),
        "a device for a part": in_its_place(lambda path: path.symlink_to("/dev/zero")),
        "a socket for a part": in_its_place(crafted.make_socket),
    }

TABLES: dict[str, Craft] = {
    "entries beyond": with_array("pdq.search.entries", _set(5, 2**32 - 1)),
    "entries swapped": with_array("pdq.search.entries", _swapped),
    "entries are zero": with_array("pdq.search.entries", np.zeros_like),
    "entries are few": with_array("pdq.search.entries", _shorter),
    "offsets descend": with_array("pdq.search.offsets", _reversed),
    "offsets beyond": with_array("pdq.search.offsets", _set(9, 2**31)),
    "offsets are few": with_array("pdq.search.offsets", _shorter),
    "offsets of empty buckets": with_array("pdq.search.offsets", np.zeros_like),
    "bounds descend": with_array("pdq.search.bounds", _reversed),
    "bounds are huge": with_array("pdq.search.bounds", _set(3, 2**62)),
    "bounds are negative": with_array("pdq.search.bounds", _set(0, -16)),
    "bounds are moved": with_array("pdq.search.bounds", _set(3, 47)),
    "bounds are one": with_array("pdq.search.bounds", lambda a: a[:1].copy()),
    "no bounds": without_array("pdq.search.bounds"),
    "signatures are zero": with_array("pdq.search.signatures", np.zeros_like),
    "signatures are few": with_array("pdq.search.signatures", _shorter),
    "no signatures": without_array("pdq.search.signatures"),
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "index"
    crafted.make(folder)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "index"
    crafted.make_large(folder)
    return folder


def _use_all(folder: Path) -> None:
    """Open an index, match against it, prove it, and read every entry."""
    matcher = Matcher(Index(folder))
    random = np.random.default_rng(1)
    matcher.match_many(crafted.entries(3)[0].digests for _ in range(2))
    matcher.match_many(Hash("pdq", random.bytes(32)) for _ in range(5))
    matcher.match_many(each.hashes[0].hash for each in crafted.entries())
    assert matcher.sampling
    assert matcher.coverage
    matcher.prove()
    for known in matcher.lists:
        assert [*known.entries()]
        for part in known.parts:
            assert part.segment.quarantined is not None
            assert part.segment.source_of(0)


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "when used"])
@pytest.mark.parametrize(
    "attack",
    [
        *(pytest.param(("small", craft), id=f"file: {n}") for n, craft in FILES.items()),
        *(
            pytest.param(("small", craft), id=f"generation: {n}")
            for n, craft in GENERATIONS.items()
        ),
        *(pytest.param(("large", craft), id=f"tables: {n}") for n, craft in TABLES.items()),
    ],
)
def test_a_crafted_index_is_an_error_and_never_a_miss(
    attack: tuple[str, Craft],
    at_once: bool,  # noqa: FBT001 (a parameter of pytest)
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not at_once:
        monkeypatch.setattr(reading, "SMALL_FILE", 0)
    made, craft = attack
    folder = tmp_path / "index"
    shutil.copytree(request.getfixturevalue(made), folder)
    craft(folder)
    with pytest.raises(DamagedIndexError):
        _use_all(folder)


@pytest.mark.parametrize("made", ["small", "large"])
def test_one_that_nobody_changed_is_whole(made: str, request: pytest.FixtureRequest) -> None:
    _use_all(request.getfixturevalue(made))
