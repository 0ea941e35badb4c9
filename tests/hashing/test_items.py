"""Many pictures in order, and files of evidence as items."""

import hashlib
import os
import re
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.hashing import items as hashing
from hashmatch.hashing import pictures as picture_hashing
from hashmatch.hashing.items import (
    HashOptions,
    hash_image,
    hash_images,
    hash_item,
    hash_opened,
)
from hashmatch.limits import Limits
from hashmatch.model import MediaHashes, Unreadable
from tests.support import unix
from tests.support.photos import encoded, photo

JPEG = encoded(photo("coffee").resize((600, 400)), "JPEG", quality=90)
WHOLE = hash_image(JPEG)


@pytest.mark.parametrize("threads", [1, 3])
def test_many_give_one_result_each_in_order(threads: int) -> None:
    sources = [JPEG, b"", JPEG[:-2], b"text"] * 10
    results = list(hash_images(iter(sources), threads=threads))
    assert len(results) == 40
    for source, result in zip(sources, results, strict=True):
        if source in (b"", b"text"):
            assert isinstance(result, Unreadable)
        else:
            assert isinstance(result, MediaHashes)


def test_what_was_read_before_a_failing_input_is_not_lost() -> None:
    def failing() -> Iterator[bytes]:
        yield from [JPEG] * 3
        msg = "disk gone"
        raise OSError(msg)

    results = hash_images(failing(), threads=2)
    assert [next(results) == WHOLE for _ in range(3)] == [True] * 3
    with pytest.raises(OSError, match="disk gone"):
        next(results)
    with pytest.raises(ValueError, match="at least 1"):
        hash_images([JPEG], threads=0)


def test_no_memory_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(hashing, "decode_image", full)
    monkeypatch.setattr(picture_hashing, "decode_bytes", full)
    with pytest.raises(UnreadableImageError, match="out-of-memory"):
        hash_image(JPEG)
    assert hash_item(JPEG).unreadable == Unreadable(
        Reason.OUT_OF_MEMORY, "not enough memory to hash it"
    )


def test_nothing_a_decoder_raises_ends_a_scan(monkeypatch: pytest.MonkeyPatch) -> None:
    def surprising(*_: object) -> None:
        raise LookupError

    monkeypatch.setattr(picture_hashing, "decode_bytes", surprising)
    why = hash_item(JPEG).unreadable
    assert why is not None
    assert why.reason is Reason.INTERNAL_ERROR
    assert re.fullmatch(r"LookupError in hashing/pictures\.py:\d+ \(hash_bytes\)", why.detail)


def test_threads_stop_when_nobody_asks_on() -> None:
    given = []

    def endless() -> Iterator[bytes]:
        while True:
            given.append(JPEG)
            yield JPEG

    before = threading.active_count()
    results = hash_images(endless(), threads=2)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before
    assert len(given) < 100


@pytest.mark.parametrize("size", [0, 10, 70_000, 3_000_000])
def test_digests_are_of_all_bytes(tmp_path: Path, size: int) -> None:
    data = np.random.default_rng(size).bytes(size)
    (tmp_path / "some.jpg").write_bytes(data)
    for item in (hash_item(tmp_path / "some.jpg"), hash_item(data, locator="some")):
        assert item.size == size
        assert item.digests.md5 == hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert item.digests.sha1 == hashlib.sha1(data, usedforsecurity=False).hexdigest()
        assert item.digests.sha256 == hashlib.sha256(data).hexdigest()
        assert item.unreadable is not None


def test_an_item_is_a_picture_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "system.dll"
    path.write_bytes(JPEG)
    item = hash_item(path)
    assert item.media == WHOLE
    assert item.unreadable is None
    assert item.locator == str(path)
    assert hash_item(JPEG).media == WHOLE


def test_an_item_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe")
    missing, pipe = hash_item(tmp_path / "nowhere"), hash_item(tmp_path / "pipe")
    assert missing.unreadable == Unreadable(Reason.IO_ERROR, "No such file or directory")
    assert pipe.unreadable == Unreadable(Reason.SPECIAL_FILE, "not a regular file")
    (tmp_path / "large").write_bytes(JPEG)
    large = hash_item(tmp_path / "large", HashOptions(limits=Limits(max_bytes=1000)))
    assert large.unreadable is not None
    assert large.unreadable.reason is Reason.TOO_MANY_BYTES
    assert large.size == len(JPEG)
    assert large.digests.md5 == hashlib.md5(JPEG, usedforsecurity=False).hexdigest()


def test_a_picture_that_is_longer_than_the_system_said_is_read_whole() -> None:
    class Longer(BytesIO):
        def seek(self, place: int, whence: int = 0, /) -> int:
            at = super().seek(place, whence)
            return at // 2 if whence == os.SEEK_END else at

    item = hash_opened(lambda: Longer(JPEG))
    assert item.media == WHOLE
    assert item.digests.sha256 == hashlib.sha256(JPEG).hexdigest()
