import os
import subprocess
import sys
import time
from concurrent.futures import Future
from pathlib import Path

import pytest

from hashmatch.errors import ExchangeError, IndexBusyError
from hashmatch.exchanges import fetching
from hashmatch.exchanges.fetching import Fetched, fetch_into, open_exchange
from hashmatch.exchanges.http import SafeSession
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index import generation as generations
from hashmatch.index.index import Index
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Digests, Hash, MatchKind
from tests.support import unix
from tests.support.exchange_records import (
    GONE,
    LONG_AGO,
    MAKE,
    contents,
    fetch,
    fill,
    md5,
    ncmec,
    pdq,
    plain,
)
from tests.support.exchange_server import PATHS, Handler, Server, cut, refuse, well

CHILD = """
import os, signal, sys
from hashmatch.exchanges import fetching
from hashmatch.index import generation

index, exchange, when, count = sys.argv[1:]
fetching.ROWS = 1
write, left = generation.write, int(count)

def killed(folder, new):
    global left
    left -= 1
    if not left and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    write(folder, new)
    if not left and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)

generation.write = killed
fetching.fetch_into(index, "known", exchange=fetching.open_exchange(exchange))
"""


def commits(index: Path, name: str) -> int:
    return len(fetching._sources(index, name))


@pytest.mark.parametrize("exchange", PATHS)
def test_a_fetched_list_matches(server: Server, tmp_path: Path, exchange: str) -> None:
    fill(server, exchange)
    shown: list[Fetched] = []
    done = fetch(tmp_path, exchange, "mine", on_page=shown.append)
    assert (done.list, done.pages, done.withdrawn, done.whole, done.refetch_reason) == (
        "mine",
        4,
        1,
        True,
        "",
    )
    assert [each.pages for each in shown] == [1, 2, 3, 4]
    matcher = Matcher(Index(tmp_path))
    looked_for = [
        Digests(md5=md5(n)) if exchange == "tat" else Hash.fromhex("pdq", pdq(n)) for n in range(3)
    ]
    met, gone, _ = (matcher.match(each) for each in looked_for)
    assert (met[0].list_name, gone) == ("mine", ())
    assert met[0].list_sha256 == Index(tmp_path)["mine"].sources[0].sha256


@pytest.mark.parametrize("exchange", PATHS)
def test_news_replace_what_they_are_about_and_leave_the_rest(
    server: Server, tmp_path: Path, exchange: str
) -> None:
    fill(server, exchange)
    fetch(tmp_path, exchange)
    before = contents(tmp_path, exchange)
    make = MAKE[exchange]
    at = int(time.time()) - 30
    server.clock = lambda: time.time() + 100
    server.records[exchange] = [
        make(20, at=at),
        make(3, at=at, **GONE[exchange]),
        make(4, at=at),
        make(1, at=at),
    ]
    if exchange == "tat":
        server.records[exchange][0]["updated_on"] -= 0.5
    assert fetch(tmp_path, exchange).entries == 3
    after = contents(tmp_path, exchange)
    old, new = plain(before), plain(after)
    assert (len(after.keys() - before.keys()), len(before.keys() - after.keys())) == (2, 1)
    assert sum(old[each] != new[each] for each in before.keys() & after.keys()) == 1


@pytest.mark.parametrize("exchange", PATHS)
@pytest.mark.parametrize("pages", [1, 3])
def test_a_fetch_that_was_stopped_goes_on(
    server: Server, tmp_path: Path, exchange: str, pages: int
) -> None:
    fill(server, exchange)
    assert fetch(tmp_path / "whole", exchange).whole
    left = iter([False] * (pages - 1) + [True])
    first = fetch(tmp_path / "parts", exchange, stop=lambda: next(left))
    assert (first.interrupted, first.whole, first.pages) == (True, False, pages)
    second = fetch(tmp_path / "parts", exchange)
    assert (second.interrupted, second.whole, second.pages) == (False, True, 4 - pages)
    assert plain(contents(tmp_path / "parts", exchange)) == plain(
        contents(tmp_path / "whole", exchange)
    )


KILLS = [
    # Where, how often it is passed, and how many pages are safe by then.
    ("ncmec", "request", 1, 0),
    ("ncmec", "request", 2, 0),
    ("ncmec", "request", 4, 2),
    ("ncmec", "before", 1, 0),
    ("ncmec", "before", 4, 3),
    ("ncmec", "after", 1, 1),
    ("ncmec", "after", 4, 4),
    ("stopncii", "request", 3, 2),
    ("tat", "after", 2, 2),
    ("threatexchange", "before", 3, 2),
]


@pytest.mark.parametrize("kill", KILLS, ids=lambda each: "-".join(map(str, each)))
def test_a_fetch_that_was_killed_goes_on(
    server: Server, tmp_path: Path, kill: tuple[str, str, int, int]
) -> None:
    exchange, when, count, safe = kill
    fill(server, exchange)
    fetch(tmp_path / "whole", exchange, "known")
    arguments = [str(tmp_path / "parts"), exchange, when, str(count)]
    started: Future[int] = Future()

    def shoot(handler: Handler) -> bool:
        os.kill(started.result(), unix.signal.SIGKILL)
        handler.close_connection = True
        return True

    if when == "request":
        server.faults = [*[well] * (count - 1), shoot]
    child = subprocess.Popen([sys.executable, "-c", CHILD, *arguments])  # noqa: S603 (ours)
    started.set_result(child.pid)
    assert child.wait() == -unix.signal.SIGKILL
    done = fetch(tmp_path / "parts", exchange, "known")
    assert done.whole
    assert done.entries + done.withdrawn == max(0, 11 - 3 * safe)
    whole, parts = contents(tmp_path / "whole", "known"), contents(tmp_path / "parts", "known")
    assert plain(parts) == plain(whole)


def test_what_came_before_an_error_is_in_force(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    server.faults = [well, well, refuse(403)]
    with pytest.raises(ExchangeError, match="403"):
        fetch(tmp_path, "ncmec")
    assert len(contents(tmp_path, "ncmec")) == 3
    assert fetch(tmp_path, "ncmec").pages == 3


def test_faults_that_pass_are_waited_out(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(server, "ncmec")
    server.faults = [well, refuse(500), well, cut, refuse(429, Retry_After="7"), refuse(503)]
    waited: list[float] = []
    monkeypatch.setattr(SafeSession, "_wait", lambda _, seconds: waited.append(seconds))
    assert fetch(tmp_path, "ncmec").whole
    # Before each of the four that were asked for again; as long as the server said, at least.
    assert (len(waited), max(waited) >= 7) == (4, True)
    assert len(contents(tmp_path, "ncmec")) == 9


def test_parts_are_put_in_force_as_they_come(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ROWS", 6)
    fill(server, "ncmec")
    fetch(tmp_path, "ncmec")
    assert commits(tmp_path, "ncmec") == 2
    monkeypatch.setattr(fetching, "SECONDS", 0.0)
    fetch(tmp_path, "ncmec", "other")
    assert commits(tmp_path, "other") == 4 + 1  # the last only says that it was the last


def test_a_restart_keeps_what_is_in_force_until_all_is_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "ROWS", 1)
    (tmp_path / "own.csv").write_text(f"id,md5\nours,{md5('ours')}\n")
    fill(server, "ncmec")
    fetch(tmp_path / "i", "ncmec")
    with Index.edit(tmp_path / "i") as writer:
        writer.update(read_list(tmp_path / "own.csv", name="ncmec"))
    server.records["ncmec"] = [ncmec(number) for number in range(2, 9)]
    half = iter((False, True))
    done = fetch(tmp_path / "i", "ncmec", restart=True, stop=lambda: next(half))
    assert (done.refetch_reason, done.whole) == ("asked for", False)
    assert {"42/e0", "42/e9", "ours"} < contents(tmp_path / "i", "ncmec").keys()
    done = fetch(tmp_path / "i", "ncmec")
    assert (done.refetch_reason, done.missing, done.whole) == ("", 2, True)
    kept = {*(f"42/e{number}" for number in range(2, 9)), "ours"}
    assert contents(tmp_path / "i", "ncmec").keys() == kept
    assert fetch(tmp_path / "i", "ncmec").missing == 0
    assert contents(tmp_path / "i", "ncmec").keys() == kept


@pytest.mark.parametrize(("exchange", "days"), [("threatexchange", 85), ("stopncii", 30)])
def test_all_is_fetched_again_when_withdrawals_may_be_missing(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: str, days: int
) -> None:
    fill(server, exchange)
    with monkeypatch.context() as long_ago:
        long_ago.setattr(generations, "now", lambda: "2024-01-01T00:00:00+00:00")
        fetch(tmp_path, exchange)
    server.records[exchange].pop(0)
    done = fetch(tmp_path, exchange)
    assert done.refetch_reason == f"the last fetch was more than {days} days ago"
    assert done.missing == 1
    assert fetch(tmp_path, exchange).refetch_reason == ""


def test_nothing_new_makes_no_generation(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    fetch(tmp_path, "ncmec")
    before = generations.numbers(tmp_path)
    server.clock = lambda: time.time() + 3600
    assert fetch(tmp_path, "ncmec").entries == 0
    assert generations.numbers(tmp_path) == before
    assert fetch(tmp_path, "ncmec", "another").entries == 9 + 1


def test_an_empty_exchange_gives_an_empty_list(server: Server, tmp_path: Path) -> None:
    assert fetch(tmp_path, "ncmec").whole
    assert contents(tmp_path, "ncmec") == {}
    server.records["ncmec"] = [ncmec(1)]
    server.clock = lambda: time.time() + 3600
    assert commits(tmp_path, "ncmec") == 1


def test_a_list_has_one_origin(server: Server, tmp_path: Path) -> None:
    fetch(tmp_path, "ncmec", "mine")
    with pytest.raises(ExchangeError, match="mine comes from NCMEC hash sharing"):
        fetch(tmp_path, "tat", "mine")


def test_since_is_for_new_lists(server: Server, tmp_path: Path) -> None:
    for exchange, make in MAKE.items():
        server.records[exchange] = [make(n, at=LONG_AGO + 1000 * n) for n in range(4)]
        assert fetch(tmp_path, exchange, since=LONG_AGO + 1999).entries == 2
        with pytest.raises(ExchangeError, match="the fetch continues there"):
            fetch(tmp_path, exchange, since=5)
        done = fetch(tmp_path, exchange, since=LONG_AGO + 2999, restart=True)
        assert (done.entries, done.missing) == (1, 0)
        assert len(contents(tmp_path, exchange)) == 2


def test_two_fetches_of_one_list_do_not_mix(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    first = open_exchange("ncmec")

    def meanwhile(_: object) -> None:
        if not (tmp_path / "lock").exists():
            fetch(tmp_path, "ncmec")

    with pytest.raises(IndexBusyError, match="fetched ncmec meanwhile"):
        fetch_into(tmp_path, "ncmec", exchange=first, on_page=meanwhile)
    assert len(contents(tmp_path, "ncmec")) == 9


def test_other_lists_can_be_written_while_pages_come(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")

    def write(_: object) -> None:
        with Index.edit(tmp_path) as writer:
            writer.put(HashList("other", sha256=str(time.time_ns())))

    fetch(tmp_path, "ncmec", on_page=write)
    assert {each.name for each in Index(tmp_path).lists} == {"other", "ncmec"}


def test_a_removed_list_is_fetched_from_the_start(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    fetch(tmp_path, "ncmec")
    with Index.edit(tmp_path) as writer:
        writer.remove("ncmec")
    assert fetch(tmp_path, "ncmec").entries == 10
    (match,) = Matcher(Index(tmp_path)).match(Digests(md5=md5(0)))
    assert match.kind is MatchKind.EXACT
