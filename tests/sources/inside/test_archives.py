"""Every kind of archive gives what was put in, once, each with its own locator."""

import hashlib
import io
import random
from collections import Counter

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model.locator import File, Locator, Member, Range
from hashmatch.sources.inside.base import LimitError
from hashmatch.sources.inside.budget import InsideLimits, Spending
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.steps import reach
from tests.support.archives import (
    CONTENTS,
    MADE,
    PLAIN,
    compressed_cabinet,
    gzipped_tar,
    rar,
    seven,
    tarred,
    zipped,
)
from tests.support.expanded import Row, opened, rows_of
from tests.support.mutations import mutant

LIMITS = InsideLimits(max_bytes=1 << 27, free_bytes=1 << 26, max_seconds=20)
MUTANTS = 25
SECRET = "secret"  # noqa: S105 (of archives made here)


def put_in(kind: str) -> set[bytes]:
    has_plain_names = kind.split(maxsplit=1)[0] in ("ar", "cab", "rar4")
    return {data for name, data in CONTENTS if name.isascii() or not has_plain_names}


def members_in(rows: list[Row]) -> list[Row]:
    """What is no container, and no range of bytes that its container has no use for."""
    return [row for row in rows if not row.kind and not isinstance(row.steps[-1], Range)]


def archive_in(kind: str) -> bytes:
    """What the archive behind a program begins with."""
    return {"zip": b"PK\3\4", "7z": b"7z\xbc\xaf"}.get(kind.split(maxsplit=1)[0], b"Rar!")


@pytest.mark.parametrize("kind", MADE)
def test_every_member_of_an_archive_is_found_once_and_opened_again_by_its_steps(kind: str) -> None:
    archive = MADE[kind]()
    rows = rows_of(archive)
    assert Counter(row.data for row in members_in(rows)) == Counter(put_in(kind))
    others = [row.steps for row in rows if row.steps and isinstance(row.steps[-1], Range)]
    # The program that unpacks an archive is an item.
    assert others == ([(Range(0, archive.index(archive_in(kind))),)] if "program" in kind else [])
    locators = [str(Locator((File("x"), *row.steps))) for row in rows]
    assert len(set(locators)) == len(locators)
    assert [Locator.parse(each).steps[1:] for each in locators] == [row.steps for row in rows]
    assert rows[-1].steps == ()
    assert not any(row.problems for row in rows)
    for row in rows:
        if row.data is not None:
            assert opened(archive, row.steps) == row.data
    assert rows_of(archive) == rows


@pytest.mark.parametrize("kind", MADE)
def test_a_cut_archive_says_so_and_gives_the_members_before_the_cut(kind: str) -> None:
    archive = MADE[kind]()
    whole = members_in(rows_of(archive))
    # Behind 0.9 a tar archive has nothing but zeros; a program without its end unpacks nothing.
    parts = (0.3, 0.6, 0.9) if kind.startswith("tar ") else (0.3, 0.6, 0.9, 0.99)
    for part in () if "program" in kind else parts:
        cut = archive[: int(len(archive) * part)]
        rows = rows_of(cut)
        assert any(row.problems for row in rows), part
        sound = {row.steps: row.data for row in members_in(rows) if not row.problems}
        assert sound.items() <= {row.steps: row.data for row in whole}.items()
        for row in rows:
            if row.data is not None:
                assert opened(cut, row.steps) == row.data
    is_in_order = kind.startswith(("zip", "tar", "cpio", "ar", "rar", "cab", "Android"))
    if is_in_order and "program" not in kind and kind not in ("tar.bz2", "tar.zst"):
        got = {row.data for row in rows_of(archive[: int(len(archive) * 0.9)])}
        assert whole[0].data in got


@pytest.mark.parametrize("kind", MADE)
def test_a_mutated_archive_gives_items_or_reasons_and_raises_nothing(kind: str) -> None:
    archive = MADE[kind]()
    for number in range(MUTANTS):
        rows = rows_of(mutant(kind, number, {kind: archive}).data, LIMITS)
        assert rows[-1].steps == ()


@pytest.mark.parametrize("way", ["7z", "7z with names", "rar5", "rar5 with names", "rar4"])
def test_an_encrypted_archive_says_so_and_is_opened_with_its_password(way: str) -> None:
    has_names = "with" in way
    if way.startswith("7z"):
        archive = seven(PLAIN, "-psecret", *(["-mhe=on"] if has_names else []))
    elif way == "rar4":
        archive = rar(PLAIN, format="rar40", password=SECRET)
    else:
        archive = rar(PLAIN, password=SECRET, encrypt_headers=has_names)
    rows = rows_of(archive)
    reasons = {why.reason for row in rows for why in row.problems}
    assert reasons == {Reason.ENCRYPTED}
    names = {row.steps[0].name for row in rows if row.steps}  # type: ignore[union-attr]
    assert names == (set() if has_names else {name for name, _ in PLAIN})
    for words, is_open in ((("wrong",), False), (("wrong", "secret"), True)):
        got = {row.data for row in rows_of(archive, passwords=words) if row.steps}
        assert ({data for _, data in PLAIN} <= got) == is_open
    for row in rows_of(archive, passwords=("secret",)):
        if row.data is not None:
            assert opened(archive, row.steps, passwords=("secret",)) == row.data


def test_a_rar_archive_with_a_damaged_member_gives_the_others() -> None:
    archive = bytearray(rar(CONTENTS))
    archive[len(archive) // 2] ^= 1
    rows = rows_of(bytes(archive))
    damaged = [row for row in rows if row.problems]
    assert [row.steps[0].name for row in damaged] == ["photos/second.jpg"]  # type: ignore[union-attr]
    assert len(rows) == len(CONTENTS) + 1


def test_a_block_of_a_cabinet_is_expanded_with_the_one_before_it() -> None:
    block = random.Random(3).randbytes(30_000)
    archive = compressed_cabinet(b"a.jpg", [block, block, block[::-1]])
    assert len(archive) < 70_000
    first = rows_of(archive)[0]
    assert first == Row((Member("cab", 0, "a.jpg"),), block * 2 + block[::-1], "", ())


def test_members_come_before_their_container_and_deeper_ones_before_them() -> None:
    inner = tarred([("b.txt", b"inner")])
    outer = zipped([("a.txt", b"outer"), ("x/in.tar", inner), ("c.txt", b"last")])
    steps = [row.steps for row in rows_of(outer)]
    assert steps == [
        (Member("zip", 0, "a.txt"),),
        (Member("zip", 1, "x/in.tar"), Member("tar", 0, "b.txt")),
        (Member("zip", 1, "x/in.tar"),),
        (Member("zip", 2, "c.txt"),),
        (),
    ]


def test_a_compressed_tar_is_not_held_but_has_digests() -> None:
    tar = tarred([("a", bytes(200_000)), ("b", b"b")])
    (container,) = [row for row in expand(io.BytesIO(gzipped_tar(tar))) if len(row.steps) == 1]
    assert container.file is None
    assert container.size == len(tar)
    assert container.digests.sha256 == hashlib.sha256(tar).hexdigest()


def test_a_member_too_large_for_memory_has_digests_and_a_reason() -> None:
    large = random.Random(1).randbytes(300_000)
    limits = InsideLimits(max_member_bytes=100_000)
    row = next(iter(expand(io.BytesIO(zipped([("large", large)])), limits)))
    assert row.file is None
    assert row.digests.sha256 == hashlib.sha256(large).hexdigest()
    assert [each.reason for each in row.problems] == [Reason.TOO_MANY_BYTES]


def test_a_file_that_is_no_container_is_an_item_by_itself() -> None:
    assert rows_of(b"no container") == [Row((), b"no container", "", ())]


def test_steps_to_what_is_not_there_are_refused() -> None:
    archive = io.BytesIO(zipped([("a", b"a")]))
    for steps in (
        (Member("zip", 1, "a"),),
        (Member("zip", 0, "b"),),
        (Member("tar", 0, "a"),),
        (Member("zip", 0, "a"), Member("zip", 0, "a")),
    ):
        with pytest.raises(UnreadableError):
            reach(archive, steps).file.read()


def test_the_time_of_who_works_on_items_does_not_count() -> None:
    now = 0.0
    budget = Spending(InsideLimits(max_seconds=1), 1000, lambda: now)
    with budget.paused():
        now = 100.0
    budget.check()
    now = 101.5
    with pytest.raises(LimitError, match="longer than 1 seconds"):
        budget.check()
