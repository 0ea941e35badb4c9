"""Scans of archives with thousands of members that are killed and resumed."""

import bz2
import gzip
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import hashmatch as hm
from tests.support.archives import tarred, zipped
from tests.support.evidence_archives import cpio, seven
from tests.support.evidence_documents import mbox
from tests.support.kill_scans import is_done, scans_begun
from tests.support.kill_ways import Outcome, Way, ended, hit, wait
from tests.support.photos import encoded, variants
from tests.support.scan_process import (
    Rows,
    Scan,
    differing,
    items_on_record,
    recorded,
    sound,
    summary_of,
    workers_of,
)

_UNREADABLE = 4
_DONE = frozenset({0, _UNREADABLE})
_TEXTS = 300
_PICTURES = 50
_PARTS = 8
_OVER_COMMITS = 0.7
"""The share of kills that follow a commit at once."""


@dataclass(frozen=True)
class Members:
    """Archives with many members of few contents, and all that a scan of them records.

    Attributes:
        folder: of the evidence.
        known: the hash list.
        count: members that must be found, with the archives.
        whole: what a scan without interruption records.
        seconds: that it took.
    """

    folder: Path
    known: Path
    count: int
    whole: Rows
    seconds: float

    @classmethod
    def of(cls, place: Path, members: int) -> "Members":
        """Make about so many members, and scan them without interruption."""
        evidence, known = place / "evidence", place / "known.csv"
        count = _make(evidence, known, members)
        scan = Scan(evidence, known, place / "whole.db", ("--workers", "2"))
        begun = time.monotonic()
        code, said = scan.run()
        seconds = time.monotonic() - begun
        wrong = sound(scan.db)
        items = summary_of(scan.db)["items"]
        if code not in _DONE or wrong or items != count:
            msg = f"without interruption: exit code {code}, {items} items of {count}, {wrong}{said}"
            raise AssertionError(msg)
        return cls(evidence, known, count, recorded(scan.db), seconds)


def _make(folder: Path, known: Path, members: int) -> int:
    """Write the archives; how many items there are in all."""
    folder.mkdir(parents=True)
    pictures = [
        encoded(each.resize((64, 64)), "JPEG")
        for each in variants(_PICTURES, smallest=64, largest=200)
    ]
    first = hm.hash_image(pictures[0]).hash.hex
    known.write_text(f"id,pdq\nx,{first}\n")
    texts = [f"text {number} ".encode() * 20 for number in range(_TEXTS)]
    chance = Random(5)
    each = max(members // _PARTS, 4)

    def contents() -> list[tuple[str, bytes]]:
        held = [
            chance.choice(pictures) if not n % 40 else chance.choice(texts) for n in range(each)
        ]
        return [(f"folder/{number}", data) for number, data in enumerate(held)]

    half = contents()
    files = {
        "a.zip": zipped(contents()),
        "b.zip": zipped(contents(), 0),
        "c.tar.gz": gzip.compress(tarred(contents())),
        "d.tar.bz2": bz2.compress(tarred(contents())),
        "e.cpio": cpio(contents()),
        "f.7z": seven(contents()),
        "g.zip": zipped([("inner.zip", zipped(half[: each // 2])), ("inner.tar", tarred(half))]),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    # The compressed tar archives, and those inside the last one, are items of their own.
    inner = 2 + 2
    count = 6 * each + each // 2 + each + inner + len(files)
    (folder / "plain.jpg").write_bytes(pictures[0])
    (folder / "mails").write_bytes(mbox(pictures[:10]))
    return count + 1 + 1 + 20


def killed_members(ground: Members, place: Path, chance: Random, kills: int) -> Outcome:
    """Kill scans with all their processes and resume them, each until it is done.

    Args:
        ground: what is scanned.
        place: of the databases.
        chance: for the moments.
        kills: how many in all.
    """
    outcome = Outcome("scan of members")
    trial = 0
    while outcome.count < kills:
        trial += 1
        scan = Scan(ground.folder, ground.known, place / f"{trial}.db", ("--workers", "2"))
        while outcome.count < kills and not _is_done(scan):
            _kill(scan, ground, chance, outcome)
        if not _is_done(scan):
            code, said = scan.run(*_going_on(scan))
            outcome.demand(code in _DONE, f"exit code {code} in the end: {said[-500:]}")
        outcome.wrong += sound(scan.db)
        unlike = differing(recorded(scan.db), ground.whole)
        outcome.demand(not unlike, f"rows that differ: {unlike}")
        total = summary_of(scan.db)
        outcome.demand(total["items"] == ground.count, f"items: {total}")
    return outcome


def _is_done(scan: Scan) -> bool:
    return scans_begun(scan.db) > 0 and is_done(scan.db)


def _going_on(scan: Scan) -> tuple[str, ...]:
    return ("--resume",) if scans_begun(scan.db) else ()


def _kill(scan: Scan, ground: Members, chance: Random, outcome: Outcome) -> None:
    """Start a scan, or go on with it, and kill it at any moment, or soon after a commit."""
    before = items_on_record(scan.db)
    process = scan.start(*_going_on(scan))
    if chance.random() < _OVER_COMMITS:
        more = before + chance.randrange(1, max(ground.count // 10, 2))
        wait(process, ground.seconds, until=lambda: items_on_record(scan.db) >= more)
        wait(process, chance.uniform(0, 0.05), until=lambda: False)
    else:
        wait(process, chance.uniform(0, ground.seconds), until=lambda: False)
    workers = workers_of(process)
    met = hit(process, Way.KILL_ALL, chance)
    _, left = ended(process, workers)
    if not met:
        return
    now = items_on_record(scan.db)
    outcome.kills[Way.KILL_ALL] += 1
    outcome.amid += 0 < now < ground.count
    outcome.demand(not left, f"workers outlived the scan: {left}")
    outcome.demand(now >= before, f"{before - now} items were lost")
    if scans_begun(scan.db):
        outcome.wrong += sound(scan.db)
