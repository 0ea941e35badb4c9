"""Items are searched in batches, in a thread, and come in the order in which they were read."""

from collections.abc import Generator, Iterable
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import pytest

import hashmatch as hm
from hashmatch.errors import InternalError, Reason
from hashmatch.model import Decoder, Hash, Item, MediaHashes, Mode, Reading, ScanResult, Unreadable
from hashmatch.scanning import searching
from hashmatch.scanning.searching import searched
from hashmatch.sources.base import Found

KNOWN = hm.HashList.of("lab", [hm.Entry("entry", digests=hm.Digests(md5="0" * 32))])
EMPTY = Unreadable(Reason.EMPTY)


def items(count: int, readings: int = 0) -> list[tuple[Found, Item]]:
    """So many, of which each seventh is on the list."""
    reading = Reading(Hash("pdq", bytes(32)), 100)
    made = MediaHashes(
        (reading,) * readings,
        mode=Mode.FAST,
        width=1,
        height=1,
        format="jpeg",
        decoder=Decoder.TURBO,
    )
    media = made if readings else None
    return [
        (
            Found(str(n), str(n)),
            Item(
                str(n),
                1,
                digests=hm.Digests(md5=f"{min(n % 7, 1):032}"),
                media=media,
                unreadable=None if media else EMPTY,
            ),
        )
        for n in range(count)
    ]


def one_by_one(
    given: Iterable[tuple[Found, Item] | None], failure: Exception | None = None
) -> Generator[tuple[Found, Item] | None]:
    yield from given
    if failure is not None:
        raise failure


@pytest.mark.parametrize("size", [1, 3, 64])
def test_all_come_once_in_order_with_the_matches_of_each_alone(
    size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "_BATCH", size)
    given = items(50)
    matcher = hm.Matcher(KNOWN)
    batches = list(searched(one_by_one([*given[:20], None, *given[20:]]), matcher))
    assert [found for files, _ in batches for found in files] == [found for found, _ in given]
    expected = [ScanResult(item, matcher.match(item)) for _, item in given]
    assert [result for _, results in batches for result in results] == expected
    assert sum(bool(each.matches) for each in expected) == 8
    assert all(len(files) <= size for files, _ in batches)


def test_a_batch_holds_no_more_hashes_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_HASHES", 100)
    batches = list(searched(one_by_one(items(10, readings=40)), hm.Matcher(KNOWN)))
    assert [len(files) for files, _ in batches] == [3, 3, 3, 1]


def test_what_reading_raised_comes_behind_all_that_was_read() -> None:
    seen = 0
    with pytest.raises(InternalError, match="source"):  # noqa: PT012 (what came before counts)
        for files, _ in searched(one_by_one(items(5), InternalError("source")), hm.Matcher(KNOWN)):
            seen += len(files)
    assert seen == 5


def test_a_fault_in_the_thread_is_raised_where_results_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    def broken(*_: Any) -> list[ScanResult]:
        threads.append(current_thread())
        msg = "no memory for the interpreter"
        raise SystemError(msg)

    monkeypatch.setattr(searching, "matched", broken)
    closed = []

    def read() -> Generator[tuple[Found, Item] | None]:
        try:
            yield from items(3)
        finally:
            closed.append(True)

    with pytest.raises(SystemError, match="no memory"):
        list(searched(read(), hm.Matcher(KNOWN)))
    assert closed
    assert main_thread() not in threads


def test_a_fault_in_the_thread_ends_a_scan_as_an_internal_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot even be told of one item is told of the scan; nothing of it is on record."""
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a").write_bytes(b"text")

    def broken(*_: Any) -> list[ScanResult]:
        msg = "broken"
        raise SystemError(msg)

    monkeypatch.setattr(searching, "matched", broken)
    with pytest.raises(SystemError):
        hm.scan(tmp_path / "evidence", against=KNOWN, db=tmp_path / "db", case="1", workers=0)
    with hm.Database.open(tmp_path / "db", read_only=True) as database:
        assert list(database.items("1")) == []
        assert database.verify().passed
