"""A picture that is the only file: one worker, which loads little, and the same results."""

import io
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hashmatch.hashing.options import HashOptions
from hashmatch.model import Item
from hashmatch.scanning import dispatch
from hashmatch.scanning.decoding import HashFiles
from hashmatch.scanning.digested import Digested, DigestFiles
from hashmatch.scanning.process import WorkerProcess
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.selection import Selection
from hashmatch.scanning.single_job import ReadPicture, watched_imports
from hashmatch.scanning.task import Task
from hashmatch.sources.base import Found
from hashmatch.sources.folder import Folder
from hashmatch.sources.inside.options import Inside
from tests.support import deeds
from tests.support.archives import MADE
from tests.support.clips import clip
from tests.support.photos import encoded, photo


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The workers that were started."""
    made: list[object] = []

    class Counted(WorkerProcess[Any]):
        def __init__(self, *given: Any) -> None:
            made.append(self)
            super().__init__(*given)

    monkeypatch.setattr(dispatch, "WorkerProcess", Counted)
    return made


def items_of(path: Path, **how: Any) -> dict[str, Item]:
    read = read_items(Folder(path), HashOptions(), inside=Inside(), workers=1, **how)
    return {Path(each[1].locator).name: each[1] for each in read if each is not None}


def tagged(image: Image.Image) -> bytes:
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x010F], exif[0x0112] = "Maker", 6
    image.save(out, "JPEG", exif=exif.tobytes(), progressive=True)
    return out.getvalue()


PLAIN: dict[str, Callable[[], bytes]] = {
    "a.jpg": lambda: encoded(photo("coffee"), "JPEG"),
    "cut.jpg": lambda: encoded(photo("coffee"), "JPEG")[:9000],
    "grey.jpg": lambda: encoded(photo("coffee").convert("L"), "JPEG"),
    "turned.jpg": lambda: tagged(photo("rocket")),
    "a.png": lambda: encoded(photo("coffee").resize((300, 200)), "PNG"),
    "a.webp": lambda: encoded(photo("rocket"), "WEBP"),
}
OTHERS: dict[str, Callable[[], bytes]] = {
    "clip.jpg": lambda: encoded(photo("coffee"), "JPEG") + clip(),
    "cmyk.jpg": lambda: encoded(photo("coffee").convert("CMYK"), "JPEG"),
    "broken.jpg": lambda: encoded(photo("coffee"), "JPEG")[:300] + bytes(5000),
    "zip.jpg": lambda: encoded(photo("coffee"), "JPEG") + MADE["zip stored"](),
    "text": lambda: b"no picture",
    "a.gif": lambda: encoded(photo("rocket"), "GIF"),
}


@pytest.mark.parametrize("name", [*PLAIN, *OTHERS])
def test_it_has_the_item_that_it_has_among_others(
    name: str, tmp_path: Path, started: list[object]
) -> None:
    alone, beside = tmp_path / "alone", tmp_path / "beside"
    for folder in (alone, beside):
        folder.mkdir()
        (folder / name).write_bytes((PLAIN | OTHERS)[name]())
    (beside / "other").write_bytes(b"anything")
    one = items_of(alone)
    count = len(started)
    several = items_of(beside)
    del several["other"]
    assert one.keys() == several.keys()
    where = [Path(each.locator).relative_to(alone) for each in one.values()]
    assert where == [Path(each.locator).relative_to(beside) for each in several.values()]
    for each in one:
        assert _without_place(one[each]) == _without_place(several[each])
    assert (count == 1) is (name in PLAIN)


def _without_place(item: Item) -> object:
    return item.size, item.digests, item.media, item.unreadable, item.metadata, item.fault


def test_what_need_not_be_decoded_is_not(tmp_path: Path, started: list[object]) -> None:
    (tmp_path / "a.jpg").write_bytes(PLAIN["a.jpg"]())
    known = items_of(tmp_path)["a.jpg"]
    asked: list[str] = []

    def recorded(contents: Sequence[str]) -> object:
        asked.extend(contents)
        return dict.fromkeys(contents, known.media)

    again = items_of(tmp_path, recorded=recorded)["a.jpg"]
    assert (again.media, again.digests) == (known.media, known.digests)
    assert asked == [known.digests.sha256]
    left_out = items_of(tmp_path, selection=Selection(min_size=1 << 20))["a.jpg"]
    assert left_out.digests == known.digests
    assert left_out.media is None
    assert len(started) == 3


def test_digests_are_known_before_anything_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "crash-alone.jpg").write_bytes(PLAIN["a.jpg"]())
    monkeypatch.setattr("hashmatch.scanning.reading.HashFiles", deeds.CrashingBehind)
    order: list[str] = []
    result, payload = ReadPicture.result, ReadPicture.payload

    def told(self: ReadPicture, task: Any, answer: bytes) -> Any:
        order.append("answer")
        return result(self, task, answer)

    def asked(self: ReadPicture, task: Any) -> object:
        order.append("task")
        return payload(self, task)

    monkeypatch.setattr(ReadPicture, "result", told)
    monkeypatch.setattr(ReadPicture, "payload", asked)
    (item,) = items_of(tmp_path).values()
    assert order[:3] == ["task", "answer", "task"]
    assert item.media is None
    assert item.unreadable is not None
    assert item.digests.sha256


def test_an_import_is_noticed_even_if_its_error_is_not(tmp_path: Path) -> None:
    with watched_imports() as asked, suppress(ImportError):
        import hashmatch_has_no_such_module  # type: ignore[import-not-found]  # noqa: F401
    assert asked == ["hashmatch_has_no_such_module"]
    assert all(type(each).__name__ != "_Watch" for each in sys.meta_path)


class Careless(HashFiles):
    """Decodes with a module that may be missing, and says nothing of it."""

    def perform(self, payload: object, on_progress: Callable[[float], object]) -> bytes:
        if payload:
            with suppress(ImportError):
                import hashmatch_has_no_such_module  # noqa: F401
        return b"hashes without it"


@pytest.mark.parametrize("imports", [False, True])
def test_what_was_decoded_without_a_module_is_no_answer(*, imports: bool) -> None:
    job = ReadPicture(DigestFiles(), Careless(), "jpeg")
    answer = job.perform((True, imports), lambda _: None)
    assert answer == (b"" if imports else b"hashes without it")
    assert job.result(Task(Digested(Found("a", "a"))), b"") is None


def test_nothing_is_started_where_it_is_to_stop(tmp_path: Path, started: list[object]) -> None:
    (tmp_path / "a.jpg").write_bytes(PLAIN["a.jpg"]())
    assert items_of(tmp_path, stop=lambda: True) == {}
    assert started == []
