"""Scans of archives, documents and other files that hold files."""

import hashlib
import io
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import py7zr
import pytest

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.model import Item, ScanResult
from hashmatch.model.locator import Locator
from hashmatch.scanning import checks
from hashmatch.scanning.expanding import ExpandFiles
from hashmatch.scanning.selection import Selection
from hashmatch.sources.inside.budget import InsideLimits
from hashmatch.sources.inside.options import Inside
from tests.support.archives import MADE, tarred, zipped
from tests.support.photos import encoded, photo

NAMES = ("astronaut", "coffee", "rocket", "chelsea")


def pictures() -> list[tuple[str, bytes]]:
    return [
        (f"{name}.jpg", encoded(photo(name).resize((160, 120)), "JPEG", quality=90))
        for name in NAMES
    ]


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A hash list of one of the pictures, and a folder for evidence."""
    (tmp_path / "evidence").mkdir()
    known = hm.hash_image(pictures()[0][1]).hash.hex
    (tmp_path / "known.csv").write_text(f"id,pdq\nx,{known}\n")
    return tmp_path


def scanned(lab: Path, workers: int = 1, **more: object) -> dict[str, ScanResult]:
    """Every result by its locator below the evidence."""
    found: dict[str, ScanResult] = {}
    folder = lab / "evidence"
    results = hm.iter_scan(folder, against=lab / "known.csv", workers=workers, **more)  # type: ignore[arg-type]
    for each in results:
        name = each.item.locator.removeprefix(f"{folder}/")
        assert name not in found, "no item has two results"
        found[name] = each
    return found


def items(found: dict[str, ScanResult]) -> dict[str, Item]:
    return {name: each.item for name, each in found.items()}


def reason(result: ScanResult) -> Reason | None:
    why = result.item.unreadable
    return None if why is None else why.reason


def seven(contents: list[tuple[str, bytes]], password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in contents:
            archive.writestr(data, name)
    return out.getvalue()


def made(kind: str) -> bytes | None:
    """An archive of a kind; None where the tool that makes it is missing."""
    try:
        return MADE[kind]()
    except pytest.skip.Exception:
        return None


def sha256s(found: dict[str, ScanResult]) -> Counter[str]:
    return Counter(str(each.item.digests.sha256) for each in found.values())


@pytest.mark.parametrize("workers", [0, 2])
def test_what_lies_in_archives_is_found_and_the_archive_comes_last(lab: Path, workers: int) -> None:
    evidence, inner = lab / "evidence", pictures()
    kinds = {kind: data for kind in MADE if (data := made(kind)) is not None}
    for number, data in enumerate(kinds.values()):
        (evidence / f"{number}.bin").write_bytes(data)
    (evidence / "deep.zip").write_bytes(
        zipped([("a.tar", tarred([("b.7z", seven(inner)), *inner])), ("c.jpg", inner[0][1])])
    )
    found = scanned(lab, workers)
    counts = sha256s(found)
    for name, data in inner:
        times = {"astronaut.jpg": 3}.get(name, 2)
        assert counts[hashlib.sha256(data).hexdigest()] == times
    order = list(found)
    for number, kind in enumerate(kinds):
        own = [name for name in order if name.split("!")[0] == f"{number}.bin"]
        assert len(own) > 1, kind
        assert own[-1] == f"{number}.bin"
        item = found[own[-1]].item
        assert reason(found[own[-1]]) is Reason.OPENED, (kind, item)
        assert item.container
    for name in order:
        if "!" in name:
            assert str(Locator.parse(name)) == name
    matched = [name for name, each in found.items() if each.matches]
    assert len(matched) == 3
    assert all(
        each.item.locator.split("!")[0].endswith("deep.zip")
        for each in map(found.get, matched)
        if each
    )


def test_with_workers_or_without_items_are_the_same(lab: Path) -> None:
    evidence, inner = lab / "evidence", pictures()
    (evidence / "a.zip").write_bytes(
        zipped([*inner, ("same.jpg", inner[0][1]), ("t.txt", b"text")])
    )
    (evidence / "b.tar").write_bytes(
        tarred([("d/x.zip", zipped(inner)), ("e.jpg", inner[1][1][:900])])
    )
    (evidence / "c.bin").write_bytes(os.urandom(1000) + inner[2][1] + bytes(500) + inner[3][1])
    assert items(scanned(lab, 2)) == items(scanned(lab, 0))


def test_a_picture_with_an_archive_behind_it_is_both(lab: Path) -> None:
    inner = pictures()
    (lab / "evidence" / "both.jpg").write_bytes(inner[0][1] + zipped(inner[1:]))
    found = scanned(lab)
    own = found["both.jpg"]
    assert own.matches
    assert own.item.media is not None
    assert sum(name.startswith("both.jpg!zip:") for name in found) == 3


@pytest.mark.parametrize("copies", [1, 2])
def test_a_picture_says_that_the_archive_behind_it_was_not_read_whole(
    lab: Path, copies: int
) -> None:
    inner = pictures()
    for number in range(copies):
        (lab / "evidence" / f"{number}.jpg").write_bytes(inner[0][1] + zipped(inner[1:]))
    found = scanned(lab, inside=Inside(InsideLimits(max_members=2)))
    for number in range(copies):
        own = found[f"{number}.jpg"]
        assert own.matches
        assert own.item.media is not None
        assert own.item.media.reason is Reason.TOO_MUCH
        assert "unread-part" in own.item.media.flags


def test_of_copies_each_says_what_was_not_read_behind_itself(lab: Path) -> None:
    """What lies behind the one in the archive is too deep, and was read behind the other."""
    inner = pictures()
    both = inner[0][1] + zipped(inner[1:])
    (lab / "evidence" / "a.zip").write_bytes(zipped([("in.jpg", both)]))
    (lab / "evidence" / "b.jpg").write_bytes(both)
    found = scanned(lab, inside=Inside(InsideLimits(max_depth=1)))
    deep, own = found["a.zip!zip:0:in.jpg"].item.media, found["b.jpg"].item.media
    assert deep is not None
    assert own is not None
    assert (deep.reason, "unread-part" in deep.flags) == (Reason.TOO_DEEP, True)
    assert (own.reason, "unread-part" in own.flags) == (None, False)
    assert sum(name.startswith("b.jpg!zip:") for name in found) == 3


def test_members_of_one_name_have_locators_of_their_own(lab: Path) -> None:
    inner = pictures()
    (lab / "evidence" / "a.zip").write_bytes(zipped([("x.jpg", data) for _, data in inner]))
    found = scanned(lab)
    assert sorted(found) == ["a.zip", *(f"a.zip!zip:{number}:x.jpg" for number in range(4))]


def test_members_too_small_to_be_pictures_have_the_results_of_such_files(lab: Path) -> None:
    contents = [
        ("one", b"x"),
        ("words", b"text 12345"),
        ("bits", b"P1 1 1 0"),
        ("zeros", bytes(25)),
        ("pieces", b"\xff\xd8\xff\xe0\0\x10JFIF\0"),
        ("film", b"\0\0\0\x14ftypisom\0\0\0\0isom"),
    ]
    evidence = lab / "evidence"
    for name, data in contents:
        (evidence / name).write_bytes(data)
    (evidence / "a.tar").write_bytes(tarred(contents))
    found = items(scanned(lab))
    for number, (name, _) in enumerate(contents):
        inside, plain = found[f"a.tar!tar:{number}:{name}"], found[name]
        assert inside.unreadable == plain.unreadable
        assert (inside.media, inside.digests) == (plain.media, plain.digests)


def test_nothing_inside_is_read_where_nobody_wants_it(lab: Path) -> None:
    (lab / "evidence" / "a.zip").write_bytes(zipped([("t.txt", b"text"), *pictures()]))
    found = scanned(lab, inside=None)
    assert list(found) == ["a.zip"]
    assert reason(found["a.zip"]) is None or found["a.zip"].item.left_unread


def test_containers_too_deep_are_named(lab: Path) -> None:
    data = zipped(pictures())
    for number in range(3):
        data = zipped([(f"{number}.zip", data)])
    (lab / "evidence" / "deep.zip").write_bytes(data)
    found = scanned(lab, inside=Inside(InsideLimits(max_depth=2)))
    reasons = {name.rpartition("!")[2]: reason(each) for name, each in found.items()}
    assert reasons == {
        "deep.zip": Reason.OPENED,
        "zip:0:2.zip": Reason.OPENED,
        "zip:0:1.zip": Reason.TOO_DEEP,
    }


def test_what_an_archive_holds_is_kept_when_a_limit_is_met(lab: Path) -> None:
    (lab / "evidence" / "a.zip").write_bytes(zipped(pictures()))
    found = scanned(lab, inside=Inside(InsideLimits(max_members=2)))
    assert reason(found["a.zip"]) is Reason.TOO_MUCH
    assert len(found) == 3


def test_passwords_open_what_is_encrypted(lab: Path) -> None:
    (lab / "evidence" / "a.7z").write_bytes(seven(pictures(), password="secret"))  # noqa: S106
    found = scanned(lab)
    assert reason(found["a.7z"]) is Reason.ENCRYPTED
    assert not any(each.matches for each in found.values())
    opened = scanned(lab, inside=Inside(passwords=("wrong", "secret")))
    assert sum(bool(each.matches) for each in opened.values()) == 1


def test_what_is_left_out_keeps_its_digests(lab: Path) -> None:
    inner = pictures()
    (lab / "evidence" / "a.zip").write_bytes(zipped([*inner, ("small.jpg", inner[0][1][:300])]))
    small = scanned(lab, selection=Selection(min_size=301))["a.zip!zip:4:small.jpg"].item
    assert small.unreadable is not None
    assert small.unreadable.reason is Reason.EXCLUDED
    assert small.digests.sha256 == hashlib.sha256(inner[0][1][:300]).hexdigest()
    left = scanned(lab, selection=Selection(only="videos"))
    assert {reason(each) for each in left.values()} == {Reason.EXCLUDED, Reason.OPENED}


_died: list[bool] = []


@dataclass(frozen=True, slots=True)
class DyingOnce(ExpandFiles):
    """Parsers that a file ends when two of its members were read, by a worker that is not fresh."""

    always: bool = False

    def stream(
        self, payload: object, on_progress: Callable[[float], object], *, safe: bool
    ) -> Iterator[bytes]:
        first = not _died
        _died.append(True)
        for number, each in enumerate(ExpandFiles.stream(self, payload, on_progress, safe=safe)):
            if number == 4 and (self.always or not first):
                os.abort()
            yield each


@dataclass(frozen=True, slots=True)
class Dying(DyingOnce):
    """The same, always."""

    always: bool = True


def test_members_read_before_a_parser_died_are_given_once(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        data = zipped([(f"{name}{number}.txt", f"{name} {number}".encode()) for number in range(9)])
        (lab / "evidence" / f"{name}.zip").write_bytes(data)
    whole = items(scanned(lab))
    monkeypatch.setattr("hashmatch.scanning.inside_files.ExpandFiles", DyingOnce)
    assert items(scanned(lab)) == whole


def test_a_parser_that_always_dies_costs_only_what_it_did_not_reach(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = pictures()
    (lab / "evidence" / "a.zip").write_bytes(zipped(inner))
    (lab / "evidence" / "b.jpg").write_bytes(inner[0][1])
    monkeypatch.setattr("hashmatch.scanning.inside_files.ExpandFiles", Dying)
    found = scanned(lab)
    assert reason(found["a.zip"]) is Reason.WORKER_DIED
    assert found["b.jpg"].matches
    assert [name for name in found if "!" in name] == [
        f"a.zip!zip:{number}:{inner[number][0]}" for number in range(3)
    ]


def test_members_whose_bytes_were_not_kept_are_opened_again_for_a_check(
    lab: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (lab / "evidence" / "a.zip").write_bytes(zipped(pictures()))
    whole = items(scanned(lab))
    monkeypatch.setattr(checks, "_LARGEST_KEPT", 0)
    told: list[str] = []
    assert items(scanned(lab, on_notice=told.append)) == whole
    assert not any("ALARM" in each for each in told)


def test_a_scan_that_is_stopped_leaves_an_archive_unfinished(lab: Path) -> None:
    data = zipped([(f"{number}.txt", str(number).encode()) for number in range(3000)])
    (lab / "evidence" / "a.zip").write_bytes(data)
    (lab / "evidence" / "b.zip").write_bytes(data)
    stop = threading.Event()
    left: list[bool] = []
    seen = []
    for each in hm.iter_scan(
        lab / "evidence",
        against=lab / "known.csv",
        workers=1,
        stop=stop.is_set,
        on_stopped=left.append,
    ):
        seen.append(each.item.locator)
        stop.set()
    assert left == [False]
    assert not any(each.endswith(".zip") for each in seen)
