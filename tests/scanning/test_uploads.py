"""Uploads are hashed by locked-down workers, for threads and for coroutines."""

import asyncio
import hashlib
import io
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hashmatch as hm
from hashmatch.errors import Reason, WorkerError
from hashmatch.hashing.items import hash_item
from hashmatch.scanning import uploads
from hashmatch.scanning.limits import WorkerLimits
from hashmatch.scanning.slots import Slots
from tests.support import deeds
from tests.support.clips import animation, clip
from tests.support.known_lists import entry, hash_list
from tests.support.photos import encoded, photo

SHORT = WorkerLimits(memory=1 << 30, cpu_seconds=3, wall_seconds=6)


def pictures() -> dict[str, bytes]:
    small = photo("coffee").resize((300, 200))
    return {form: encoded(small, form) for form in ("JPEG", "PNG", "WEBP")}


@pytest.fixture(scope="module")
def pool() -> Iterator[hm.Workers]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "HashFiles", deeds.Hostile)
        with hm.Workers(workers=2, limits=SHORT) as made:
            yield made


def test_the_hashes_are_those_of_this_process(pool: hm.Workers, tmp_path: Path) -> None:
    for data in (*pictures().values(), clip(), animation("GIF"), b"no picture", b""):
        path = tmp_path / "upload"
        path.write_bytes(data)
        expected = hash_item(data)
        for given in (data, bytearray(data), path, str(path), io.BytesIO(data)):
            item = pool.item(given)
            assert (item.size, item.digests) == (expected.size, expected.digests)
            assert (item.media, item.unreadable) == (expected.media, expected.unreadable)
        assert pool.hash(data) == (expected.media or expected.unreadable)
    for data in pictures().values():
        assert pool.hash(data) == hm.hash_image(data)
    assert pool.hash(clip()) == hm.hash_video(clip())


def test_options_are_those_that_were_asked_for() -> None:
    matcher = hm.Matcher(hash_list([entry(1)]))
    data = pictures()["JPEG"]
    with hm.Workers(matcher.hash_options, workers=1) as pool:
        assert pool.hash(data) == hm.hash_image(data, matcher.hash_options)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [
        (b"crash", Reason.WORKER_DIED),
        (b"hang", Reason.TIMED_OUT),
        (b"sleep", Reason.TIMED_OUT),
        (b"memory", Reason.OUT_OF_MEMORY),
        (b"fault", Reason.INTERNAL_ERROR),
    ],
)
def test_a_killer_costs_itself_alone(pool: hm.Workers, deed: bytes, reason: Reason) -> None:
    good = pictures()["JPEG"]
    expected = hm.hash_image(good)
    with ThreadPoolExecutor(8) as threads:
        given = [threads.submit(pool.hash, good) for _ in range(6)]
        bad = threads.submit(pool.item, deed.ljust(8))
        given += [threads.submit(pool.hash, good) for _ in range(6)]
        assert [each.result() for each in given] == [expected] * 12
        item = bad.result()
    assert item.unreadable is not None
    assert item.unreadable.reason is reason
    assert b"upload" not in item.unreadable.detail.encode()
    assert item.digests.sha256 == hashlib.sha256(deed.ljust(8)).hexdigest()
    assert pool.hash(good) == expected


def test_many_threads_at_once(pool: hm.Workers) -> None:
    expected = {form: hm.hash_image(data).readings for form, data in pictures().items()}
    several = [
        (form, data + b"%d" % number) for number in range(20) for form, data in pictures().items()
    ]
    with ThreadPoolExecutor(30) as threads:
        found = list(threads.map(pool.item, [data for _, data in several]))
    for (form, data), item in zip(several, found, strict=True):
        assert item.digests.sha256 == hashlib.sha256(data).hexdigest()
        assert item.media is not None
        assert item.media.readings == expected[form]


def test_coroutines(pool: hm.Workers) -> None:
    data = pictures()

    async def hash_all() -> list[object]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        found = await asyncio.gather(*(pool.hash_async(each) for each in [*data.values()] * 10))
        ticking.cancel()
        assert ticks
        return [*found]

    assert asyncio.run(hash_all()) == [hm.hash_image(each) for each in data.values()] * 10


def test_who_waits_too_long_may_go_and_nobody_else_is_held_up(pool: hm.Workers) -> None:
    good = pictures()["PNG"]

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await pool.item_async(b"sleep   ")
        assert await pool.hash_async(good) == hm.hash_image(good)

    with pytest.raises(TimeoutError):
        pool.hash(b"sleep   ", timeout=0.2)
    asyncio.run(give_up())


def test_no_more_than_the_queue_is_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "HashFiles", deeds.Hostile)
    begun: list[int] = []
    prepared = hm.Workers._prepared

    def count(self: hm.Workers, source: uploads.Upload) -> object:
        begun.append(1)
        return prepared(self, source)

    monkeypatch.setattr(hm.Workers, "_prepared", count)
    with (
        hm.Workers(workers=1, queue=2, limits=WorkerLimits(wall_seconds=3)) as pool,
        ThreadPoolExecutor(6) as threads,
    ):
        given = [threads.submit(pool.hash, b"sleep   ") for _ in range(2)]
        while len(begun) < 2:
            time.sleep(0.01)
        given += [threads.submit(pool.hash, b"text") for _ in range(4)]
        with pytest.raises(TimeoutError):
            pool.hash(b"text", timeout=0.3)
        assert len(begun) == 2
        found = [each.result() for each in given]
    assert len(begun) == 6
    assert [str(each.reason) for each in found] == ["timed-out"] * 2 + ["not-a-picture"] * 4


def test_large_files_are_read_below_the_roots_alone(tmp_path: Path) -> None:
    data = clip()
    for place in ("spool", "elsewhere"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "film").write_bytes(data)
    with hm.Workers(workers=1, roots=[tmp_path / "spool"], max_bytes=1000) as pool:
        assert pool.hash(tmp_path / "spool" / "film") == hm.hash_video(data)
        for given in (tmp_path / "elsewhere" / "film", data, io.BytesIO(data)):
            refused = pool.hash(given)
            assert isinstance(refused, hm.Unreadable)
            assert refused.reason is Reason.TOO_MANY_BYTES


def test_what_cannot_be_read_is_unreadable(pool: hm.Workers, tmp_path: Path) -> None:
    for given, reason in ((tmp_path / "missing", Reason.IO_ERROR), (tmp_path, Reason.SPECIAL_FILE)):
        found = pool.hash(given)
        assert isinstance(found, hm.Unreadable)
        assert found.reason is reason
    for wrong in (5, None, io.StringIO("text")):
        with pytest.raises(TypeError):
            pool.hash(wrong)  # type: ignore[arg-type]
    good = pictures()["PNG"]
    assert pool.hash(good) == hm.hash_image(good)


def test_a_closed_pool_refuses_and_leaves_no_process() -> None:
    before = _children()
    pool = hm.Workers(workers=2)
    assert repr(pool) == "<Workers: 2 processes, queue of 8, new>"
    with pytest.raises(WorkerError, match="with"):
        pool.hash(b"text")
    with pool:
        pool.hash(b"text")
        assert _children() > before
    assert _children() == before
    assert "closed" in repr(pool)
    with pytest.raises(WorkerError, match="closed"):
        pool.hash(b"text")
    with pytest.raises(WorkerError, match="once"), pool:
        pass
    pool.close()


def test_the_end_of_the_block_waits_for_what_is_begun_and_an_error_does_not() -> None:
    data = pictures()["JPEG"]
    threads = ThreadPoolExecutor(4)
    with hm.Workers(workers=1) as pool:
        given = [threads.submit(pool.hash, data) for _ in range(4)]
        while not pool._futures:
            time.sleep(0.01)
    done = [each for each in given if each.exception() is None]
    assert done
    assert {each.result() for each in done} == {hm.hash_image(data)}
    waiting: list[object] = []
    with pytest.raises(KeyError), hm.Workers(workers=1) as pool:  # noqa: PT012 (a block is tested)
        waiting.append(threads.submit(pool.hash, data * 20))
        while not pool._futures:
            time.sleep(0.01)
        raise KeyError
    (last,) = waiting
    assert isinstance(last.exception(), WorkerError | None)  # type: ignore[attr-defined]
    threads.shutdown()


def test_an_error_of_all_workers_is_raised_to_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "HashFiles", deeds.Unloadable)
    with hm.Workers(workers=1) as pool:
        with pytest.raises(WorkerError, match="cannot start a worker"):
            pool.hash(b"text")
        with pytest.raises(WorkerError, match="cannot start a worker"):
            pool.hash(b"text")


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_everything() -> None:
    code = (
        "import signal, sys, hashmatch as hm\n"
        # Processes of a shell's background ignore it, and so do those that they start.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "with hm.Workers(workers=1) as pool:\n"
        "    print(pool.hash(b'text').reason, flush=True)\n"
        "    place = [pool._ask() for _ in range(pool.queue)]\n"
        "    pool.hash(b'text')\n"
    )
    process = subprocess.Popen(  # noqa: S603 (our own interpreter)
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "not-a-picture"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (-signal.SIGINT, 130, 1)
    assert "KeyboardInterrupt" in errors


def test_places_are_had_in_the_order_of_asking_and_none_is_lost() -> None:
    slots = Slots(1)
    first, second, third = slots.ask(), slots.ask(), slots.ask()
    assert (first.done(), second.done(), third.done()) == (True, False, False)
    slots.leave(second)
    slots.give_back()
    assert third.done()
    slots.leave(third)
    assert slots.ask().done()


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"queue": 0}])
def test_wrong_numbers_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        hm.Workers(**wrong)  # type: ignore[arg-type]


def _children() -> set[str]:
    """Processes that this one started and that live."""
    if not Path("/proc/self/task").exists():
        return {str(threading.active_count())}
    found: set[str] = set()
    for task in Path("/proc/self/task").iterdir():
        try:
            found.update((task / "children").read_text().split())
        except OSError:
            continue
    return found - {str(os.getpid())}
