"""A fault injected in each layer is named, on record, said loudly, and in the exit code."""

import html
import io
import json
import re
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

import hashmatch as hm
from hashmatch import cli
from hashmatch.decoding import jpeg, pillow
from hashmatch.decoding.clock import Clock
from hashmatch.errors import InternalError, UnreadableImageError, UnreadableVideoError
from hashmatch.faults import is_fault
from hashmatch.hashers.pdq import Pdq
from hashmatch.hashing.sampling import FrameHasher
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Item, KnownHash, Unreadable
from hashmatch.scanning import decoding, reading, wire
from hashmatch.sightings.batch import Batch
from tests.support import deeds
from tests.support.clips import clip
from tests.support.faults import RECORD, SCAN, SECRET, broken, run
from tests.support.photos import encoded, photo

LINE = re.compile(
    r"INTERNAL ERROR: (\d+) files? w\w+ not (?:read|hashed) because of a fault in hashmatch, not "
    r"of the files: (.+); please report it with the output of `hashmatch doctor`"
)

END = re.compile(
    r"INTERNAL ERROR: a fault in hashmatch ended this command: (.+); please report it with the "
    r"output of `hashmatch doctor`"
)


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


def recorded(db: Path) -> dict[str, tuple[str, str]]:
    """Reason and detail of every item that was not hashed, by name."""
    connection = sqlite3.connect(db)
    rows = connection.execute("SELECT locator, reason, detail FROM items WHERE reason <> ''")
    found = {Path(locator).name: (reason, detail) for locator, reason, detail in rows}
    connection.close()
    return found


def digested(db: Path) -> list[tuple[int | None, bytes | None]]:
    """Size and SHA-256 of every item."""
    connection = sqlite3.connect(db)
    rows = connection.execute(
        "SELECT items.size, sha256 FROM items LEFT JOIN contents ON contents.id = content_id"
    ).fetchall()
    connection.close()
    return rows


def break_open_of_videos(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new PyAV does that no longer takes a keyword: Cython raises in a frame of its own."""
    real: Any = av.open
    monkeypatch.setattr(av, "open", lambda *a, **k: real(*a, **k, no_such_option=1))


def break_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FrameHasher, "add", broken(IndexError))


def break_between_packets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Among what PyAV raises on damaged files, but raised here."""
    monkeypatch.setattr(Clock, "read", broken(ValueError))


def break_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jpeg, "trim", broken(ValueError))


def break_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that Pillow refuses, from our code."""
    real: Any = Image.open
    monkeypatch.setattr(Image, "open", lambda *a, **k: real(*a, **k, no_such_option=1))


def break_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pillow, "import_module", broken(ModuleNotFoundError))


def break_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pdq, "hash", broken(OSError))


def break_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashmatch.hashing.pictures.hashes_of", broken(ZeroDivisionError))


def break_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding.HashFiles, "result", broken(KeyError))


def break_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the kind that is raised for nonsense, but by the code that reads answers."""
    monkeypatch.setattr(wire, "_media", broken(ValueError))


def break_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "HashFiles", deeds.Faulty)


def break_matching(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Matcher.match_many

    def match_many(self: Matcher, queries: Any) -> Any:
        if any(isinstance(each, Item) and each.media is not None for each in queries):
            raise AttributeError(SECRET)
        return real(self, queries)

    monkeypatch.setattr(Matcher, "match_many", match_many)


def break_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    real = Batch.add

    def add(self: Batch, result: hm.ScanResult, times: Any) -> str:
        if result.item.media is not None:
            raise OverflowError(SECRET)
        return real(self, result, times)

    monkeypatch.setattr(Batch, "add", add)


_ALL = {"a.jpg", "b.gif", "c.mp4"}

_PICTURES = {"a.jpg", "b.gif"}


@pytest.mark.parametrize(
    ("breaks", "workers", "names", "fault"),
    [
        (
            break_open_of_videos,
            0,
            {"c.mp4", "d.txt"},
            r"TypeError in decoding/opening\.py:\d+ \(open_container\)",
        ),
        (break_between_packets, 0, {"c.mp4"}, r"ValueError in decoding/video\.py:\d+ \(_moment\)"),
        (break_frames, 0, {"c.mp4"}, r"IndexError in hashing/videos\.py:\d+ \(_hashed\)"),
        (break_jpeg, 0, {"a.jpg"}, r"ValueError in decoding/jpeg\.py:\d+ \(decode\)"),
        (break_pillow, 0, {"b.gif"}, r"TypeError in decoding/pillow\.py:\d+ \(opened\)"),
        (
            break_modules,
            0,
            {"b.gif"},
            r"ModuleNotFoundError in decoding/pillow\.py:\d+ \(opened\)",
        ),
        (break_hasher, 0, _PICTURES, r"OSError in hashing/pictures\.py:\d+ \(_readings\)"),
        (
            break_hashing,
            0,
            _PICTURES,
            r"ZeroDivisionError in hashing/pictures\.py:\d+ \(hash_bytes\)",
        ),
        (break_parent, 0, {*_ALL, "d.txt"}, r"KeyError in scanning/pool\.py:\d+ \(_here\)"),
        (break_parent, 1, {*_ALL, "d.txt"}, r"KeyError in scanning/retries\.py:\d+ \(_result\)"),
        (break_answers, 1, _ALL, r"ValueError in scanning/wire\.py:\d+ \(decode\)"),
        (break_worker, 1, {*_ALL, "d.txt"}, r"TypeError in scanning/worker\.py:\d+ \(_answered\)"),
        (break_matching, 0, _ALL, r"AttributeError in scanning/faulty\.py:\d+ \(matched\)"),
        (break_recording, 0, _ALL, r"OverflowError in sightings/recording\.py:\d+ \(record\)"),
    ],
)
def test_a_fault_is_named_on_record_said_and_in_the_exit_code(  # noqa: PLR0917 (fixtures)
    breaks: Callable[[pytest.MonkeyPatch], None],
    workers: int,
    names: set[str],
    fault: str,
    lab: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as patch:
        breaks(patch)
        words = (*SCAN, *RECORD, "--exhibit", "A-1", "--workers", str(workers))
        code, _, err = run(patch, capsys, *words, "--fail-on-match")
    assert code == cli.EXIT_INTERNAL
    told = next(filter(None, map(LINE.fullmatch, err.splitlines())), None)
    assert told, err
    assert int(told[1]) == len(names)
    assert re.fullmatch(fault, told[2])
    found = recorded(lab / "lab.db")
    assert all(size is not None and sha256 for size, sha256 in digested(lab / "lab.db"))
    ours = {name: detail for name, (reason, detail) in found.items() if reason == "internal-error"}
    assert ours.keys() == names
    assert all(re.fullmatch(fault, detail) for detail in ours.values())
    assert SECRET.encode() not in (lab / "lab.db").read_bytes()
    for form in ("html", "json", "jsonl", "csv", "vics"):
        out = str(lab / f"report.{form}")
        report = ("report", *RECORD, "--format", form, "--output", out)
        assert run(monkeypatch, capsys, *report)[0] == 0
        text = html.unescape(Path(out).read_text(encoding="utf-8"))
        assert "INTERNAL ERROR: of A-1, " in text
        assert f"not of the files: {told[2]}." in text
    code, _, _ = run(monkeypatch, capsys, "audit", "verify", "--db", "lab.db")
    assert code == 0


def test_digests_are_matched_all_the_same(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for breaks in (break_matching, break_jpeg, break_recording):
        with monkeypatch.context() as patch:
            breaks(patch)
            words = (*SCAN, *RECORD, "--workers", "0", "--rescan")
            code, out, _ = run(patch, capsys, *words)
        assert code == cli.EXIT_INTERNAL
        assert "equal MD5" in out
        assert "a.jpg" in out


@pytest.mark.parametrize("verb", ["hash", "sharing", "match", "enrol", "calibrate"])
def test_every_verb_that_reads_files_tells(
    verb: str, lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"evidence/{name}" for name in ("a.jpg", "b.gif", "c.mp4")]
    run(monkeypatch, capsys, "lists", "import", "known.csv", "--index", "lab.index")
    words = {
        "hash": ["hash", *files],
        "sharing": ["hash", "--for-sharing", *files],
        "match": ["match", *files, "--against", "lab.index", "--workers", "0"],
        "enrol": ["lists", "enrol", "evidence", "--index", "lab.index", "--name", "LAB"],
        "calibrate": ["calibrate", "evidence", "--against", "lab.index"],
    }[verb]
    with monkeypatch.context() as patch:
        break_jpeg(patch)
        code, _, err = run(patch, capsys, *words)
    assert code == cli.EXIT_INTERNAL
    told = next(filter(None, map(LINE.fullmatch, err.splitlines())), None)
    assert told, err
    assert told[1] == "1"
    assert re.fullmatch(r"ValueError in decoding/jpeg\.py:\d+ \(decode\)", told[2])
    assert run(monkeypatch, capsys, *words)[0] in (0, cli.EXIT_UNREADABLE)


def test_a_fault_takes_no_hashes_from_what_is_enrolled(
    lab: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("lists", "enrol", "evidence", "--index", "lab.index", "--name", "LAB")
    run(monkeypatch, capsys, *words)
    before = enrolled(lab)
    with monkeypatch.context() as patch:
        break_jpeg(patch)
        code, _, err = run(patch, capsys, *words)
    assert code == cli.EXIT_INTERNAL
    assert "LAB: 1 file not hashed, and enrolled as before" in err
    assert any(before.values()) and enrolled(lab) == before  # noqa: PT018 (both or nothing)


def enrolled(lab: Path) -> dict[str, tuple[KnownHash, ...]]:
    with Index(lab / "lab.index") as index:
        return {each.id: each.hashes for each in index.lists[0].entries()}


@pytest.mark.parametrize(
    ("where", "words", "fault"),
    [
        (
            "hashmatch.cli.scan_output._print_result",
            SCAN,
            r"KeyError in cli/scan_output\.py:\d+ \(show_scan\)",
        ),
        (
            "hashmatch.reports.html.HtmlReport.write_pages",
            ("report", *RECORD, "--output", "r.html"),
            r"KeyError in reports/writing\.py:\d+ \(_written\)",
        ),
        (
            "hashmatch.matching.matcher.Matcher.match_many",
            ("lookup", "d41d8cd98f00b204e9800998ecf8427e", "--against", "known.csv"),
            r"KeyError in cli/lookup\.py:\d+ \(_answer\)",
        ),
    ],
)
def test_a_fault_that_ends_a_command_is_one_line(  # noqa: PLR0917 (fixtures)
    where: str,
    words: tuple[str, ...],
    fault: str,
    lab: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, capsys, *SCAN, *RECORD, "--workers", "0")
    with monkeypatch.context() as patch:
        patch.setattr(where, broken(KeyError))
        code, _, err = run(patch, capsys, *words)
        assert code == cli.EXIT_INTERNAL
        told = END.fullmatch(err.strip().splitlines()[-1])
        assert told, err
        assert re.fullmatch(fault, told[1])
        assert not (lab / "r.html").exists()
        patch.setenv("HASHMATCH_DEBUG", "1")
        patch.setattr(sys, "argv", ["hashmatch", *words])
        with pytest.raises(SystemExit):
            cli.main()
    assert "Traceback" in capsys.readouterr().err


def test_functions_raise_an_error_of_their_own(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        break_open_of_videos(patch)
        with pytest.raises(InternalError, match=r"TypeError in decoding/opening\.py") as caught:
            hm.hash_video(lab / "evidence" / "c.mp4")
        assert isinstance(caught.value.__cause__, TypeError)
        assert isinstance(caught.value, RuntimeError)
        assert is_fault(caught.value.fault)
    with monkeypatch.context() as patch:
        break_pillow(patch)
        with pytest.raises(InternalError) as caught:
            hm.hash_image(lab / "evidence" / "b.gif")
        assert SECRET not in str(caught.value)
        (why,) = hm.hash_images([lab / "evidence" / "b.gif"])
    assert why == Unreadable(hm.Reason.INTERNAL_ERROR, caught.value.fault)


@pytest.mark.parametrize("source", [None, 7, ["a.jpg"], object()])
def test_wrong_arguments_are_the_callers(source: Any) -> None:
    with pytest.raises(TypeError, match="expected a path"):
        hm.hash_image(source)
    with pytest.raises(TypeError, match="expected a path"):
        hm.hash_video(source)


def test_storage_that_fails_is_no_fault_of_ours(lab: Path) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(UnreadableImageError, match="io-error: Input/output error"):
        hm.hash_image(Failing())
    with pytest.raises(UnreadableVideoError, match="io-error: Input/output error"):
        hm.hash_video(Failing())


@pytest.mark.parametrize("workers", [None, 0])
def test_a_fault_behind_a_picture_keeps_the_picture(
    workers: int | None,
    lab: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fault = r"KeyError in hashing/parts\.py:\d+ \(with_all\)"
    (lab / "evidence" / "copy.jpg").write_bytes((lab / "evidence" / "a.jpg").read_bytes())
    whole = hm.hash_item(lab / "evidence" / "a.jpg").media
    with monkeypatch.context() as patch:
        patch.setattr("hashmatch.hashing.parts.all_behind", broken(KeyError))
        if workers is None:
            code, out, err = run(patch, capsys, "hash", "evidence/a.jpg", "--json")
            item, summary = map(json.loads, out.splitlines())
            assert whole is not None
            assert item["hash"] == str(whole.hash)
            assert list(summary["faults"].values()) == [1]
        else:
            words = (*SCAN, *RECORD, "--exhibit", "A-1", "--workers", str(workers))
            code, out, err = run(patch, capsys, *words)
            assert "a.jpg" in out
            assert "copy.jpg" in out
            found = recorded(lab / "lab.db")
            assert {name for name, (reason, _) in found.items() if reason == "internal-error"} == {
                "a.jpg",
                "b.gif",
                "copy.jpg",
            }
            assert re.fullmatch(fault, found["a.jpg"][1])
    assert code == cli.EXIT_INTERNAL
    told = next(filter(None, map(LINE.fullmatch, err.splitlines())), None)
    assert told, err
    assert re.fullmatch(fault, told[2])
    if workers is not None:
        # Once it is mended, the file is read anew.
        assert run(monkeypatch, capsys, *SCAN, *RECORD, "--exhibit", "A-2")[0] != 70
        assert run(monkeypatch, capsys, "audit", "verify", "--db", "lab.db")[0] == 0
