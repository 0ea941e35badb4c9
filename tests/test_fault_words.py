"""What tells a fault of hashmatch from one of a file, and how it is said."""

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch import cli, registry
from hashmatch.decoding.failures import is_of_decoder
from hashmatch.errors import Reason
from hashmatch.faults import counted, fault_of, in_words, is_fault
from hashmatch.model import Item, Unreadable
from hashmatch.scanning import decoding, wire
from hashmatch.scanning.digested import Digested
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found
from tests.support.clips import animation, clip
from tests.support.faults import RECORD, SCAN, broken, raising, run
from tests.support.photos import encoded, photo


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "a.jpg").write_bytes(encoded(photo("coffee"), "JPEG"))
    (evidence / "b.gif").write_bytes(encoded(photo("rocket").resize((200, 150)), "GIF"))
    (evidence / "c.mp4").write_bytes(clip())
    (evidence / "d.txt").write_bytes(b"no picture")
    item = hm.hash_item(evidence / "a.jpg")
    assert item.media is not None
    (tmp_path / "known.csv").write_text(f"id,pdq,md5\nx,{item.media.hash.hex},{item.digests.md5}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _caught(call: Callable[[], object]) -> Exception:
    try:
        call()
    except Exception as error:  # noqa: BLE001 (what is looked at)
        return error
    raise AssertionError


def test_failures_inside_a_decoder_are_the_files() -> None:
    rubbish = io.BytesIO(b"rubbish" * 100)
    assert is_of_decoder(_caught(lambda: av.open(rubbish)))
    assert is_of_decoder(_caught(lambda: Image.open(rubbish)))
    cut = Image.open(io.BytesIO(encoded(photo("coffee"), "PNG")[:900]))
    assert is_of_decoder(_caught(cut.load))


def test_a_wrong_call_of_a_decoder_is_ours() -> None:
    wrong: Any = {"no_such_option": 1}
    assert not is_of_decoder(_caught(lambda: av.open(io.BytesIO(), **wrong)))
    assert not is_of_decoder(_caught(lambda: Image.open(io.BytesIO(), **wrong)))
    assert not is_of_decoder(_caught(lambda: Image.open("/no/such/file")))
    assert not is_of_decoder(ValueError("raised nowhere"))


def test_a_callback_of_ours_inside_a_decoder_is_ours() -> None:
    class Ours(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return wire.encode(None)  # type: ignore[arg-type] # an AttributeError in our code

    assert not is_of_decoder(_caught(lambda: av.open(Ours(b"x" * 100))))


def test_a_fault_names_no_more_than_type_and_place() -> None:
    class Odd(Exception):  # noqa: N818
        pass

    Odd.__name__ = "Odd\n\x1b[2Jname"
    error = _caught(lambda: raising(Odd))
    assert is_fault(fault_of(error))
    assert "Odd__" in fault_of(error)
    assert is_fault(fault_of(ValueError("raised nowhere")))


@pytest.mark.parametrize(
    "text",
    ["", "TypeError", "TypeError in a.py:1 (f)\n", "T in a.py:1 (f) x", "T in a b.py:1 (f)"],
)
def test_a_worker_cannot_pass_other_text_for_a_fault(text: str) -> None:
    item = Item("a", 1, unreadable=Unreadable(hm.Reason.INTERNAL_ERROR, text))
    with pytest.raises(ValueError, match="not an item"):
        wire.decode(wire.encode(item), locator="a")
    fault = Item("a", 1, unreadable=Unreadable(hm.Reason.INTERNAL_ERROR, "T in a.py:1 (f)"))
    assert wire.decode(wire.encode(fault), locator="a") == fault


def test_faults_in_words() -> None:
    faults = {f"T in a.py:{line} (f)": line for line in range(1, 6)}
    assert in_words(faults) == (
        "T in a.py:5 (f) (5), T in a.py:4 (f) (4), T in a.py:3 (f) (3), and 2 others"
    )
    assert in_words({"T in a.py:1 (f)": 3}) == "T in a.py:1 (f)"
    assert counted(0) == "0 files were"


def _ends() -> Iterator[tuple[dict[str, Any], int | None]]:
    ends = {"unreadable": 4, "matched": 10, "faults": 70, "interrupted": 130}
    holding: dict[str, Any] = {}
    yield {}, None
    for name, code in ends.items():
        holding = {**holding, name: {"T": 1} if name == "faults" else True}
        yield holding, code


@pytest.mark.parametrize(("holds", "code"), [*_ends()])
def test_exit_codes_have_their_order(holds: dict[str, Any], code: int | None) -> None:
    from typer import Exit

    from hashmatch.cli.outcome import end

    if code is None:
        end(**holds)
        return
    with pytest.raises(Exit) as ended:
        end(**holds)
    assert ended.value.exit_code == code


def test_a_report_that_fails_leaves_no_file(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, capsys, *SCAN, *RECORD)
    before = {*lab.iterdir()}
    monkeypatch.setattr(registry, "load", broken(KeyError))
    code, _, _ = run(monkeypatch, capsys, "report", *RECORD, "--output", "r.html")
    assert code == cli.EXIT_INTERNAL
    assert {*lab.iterdir()} == before


def test_a_worker_may_say_a_fault_beside_hashes_and_nothing_else(lab: Path) -> None:
    item = hm.hash_item(lab / "evidence" / "a.jpg", locator="a")
    found = Found(str(lab / "evidence" / "a.jpg"), "a", size=item.size or 0)
    task = Task(Digested(found, item.size, item.digests))
    faulty = replace(
        item, unreadable=Unreadable(Reason.INTERNAL_ERROR, "KeyError in parts.py:1 (f)")
    )
    assert decoding.HashFiles().result(task, wire.encode(faulty)) == faulty
    damaged = replace(item, unreadable=Unreadable(Reason.DAMAGED))
    with pytest.raises(ValueError, match="an item"):
        decoding.HashFiles().result(task, wire.encode(damaged))


def test_a_fault_in_later_frames_does_not_cost_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    data = animation("GIF")
    first = hm.hash_image(data)
    monkeypatch.setattr("hashmatch.decoding.gif._further", failing_frames)
    item = hm.hash_item(data)
    assert item.media is not None
    assert item.media.hash == first.hash
    assert "unread-part" in item.media.flags
    assert item.media.reason is Reason.INTERNAL_ERROR
    assert item.fault is not None
    assert item.fault.startswith("KeyError in decoding/decoded.py")


def failing_frames(*_: object) -> Any:
    """What gives further frames, and fails as soon as one is asked for."""
    yield raising(KeyError)
