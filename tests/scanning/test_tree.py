"""One scan of a tree of containers of all kinds finds every picture in them, once."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hashmatch as hm
from hashmatch.model import Item, ScanResult, ScanSummary
from hashmatch.model.locator import File, Locator
from hashmatch.scanning.tally import tally
from hashmatch.sources.inside.options import Inside
from tests.support.container_tree import Kind, make_tree
from tests.support.evidence_archives import PASSWORD
from tests.support.expanded import opened as again
from tests.support.hostile_values import run
from tests.support.photos import bits_apart

_PASSWORDS = ("wrong", PASSWORD)
_NEAR = 10
"""Bits of PDQ between pixels and the same pixels in another file."""


@dataclass(frozen=True)
class Scanned:
    """The tree, and what one scan said of it."""

    kinds: list[Kind]
    items: list[Item]
    summary: ScanSummary

    @classmethod
    def of(cls, folder: Path) -> "Scanned":
        kinds = make_tree(folder / "evidence")
        (folder / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
        results: list[ScanResult] = []
        found = hm.iter_scan(
            folder / "evidence",
            against=folder / "known.csv",
            workers=2,
            inside=Inside(passwords=_PASSWORDS),
        )
        summary = tally(found, on_result=results.append)
        return cls(kinds, [each.item for each in results], summary)

    def within(self, kind: Kind) -> list[Item]:
        """All that lies in the files of a kind."""
        outer = {str(path) for path in kind.files}
        return [
            each
            for each in self.items
            if each.place is not None and each.locator.split("!")[0] in outer
        ]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    return Scanned.of(tmp_path_factory.mktemp("tree"))


def test_every_picture_of_every_kind_is_found_once(scanned: Scanned) -> None:
    assert len(scanned.kinds) >= 50
    found = {}
    for kind in scanned.kinds:
        counts = Counter(
            str(each.digests.sha256) for each in scanned.within(kind) if each.media is not None
        )
        found[kind.name] = [counts[digest] for digest in kind.sha256]
    assert found == {kind.name: [1] * len(kind.sha256) for kind in scanned.kinds}
    assert all(len(kind.sha256) + len(kind.pixels) >= 3 for kind in scanned.kinds)
    everywhere = Counter(str(each.digests.sha256) for each in scanned.items)
    assert {everywhere[each] for kind in scanned.kinds for each in kind.sha256} == {1}


def test_pictures_without_bytes_of_their_own_are_found_by_their_hash(scanned: Scanned) -> None:
    (kind,) = (each for each in scanned.kinds if each.pixels)
    shown = [each.media.hash.value for each in scanned.within(kind) if each.media is not None]
    assert len(shown) == len(kind.pixels)
    for image in kind.pixels:
        value = hm.hash_image(np.asarray(image)).hash.value
        assert sum(bits_apart(value, each) <= _NEAR for each in shown) == 1


def test_every_item_has_a_locator_of_its_own_and_an_outcome(scanned: Scanned) -> None:
    locators = [each.locator for each in scanned.items]
    assert len(set(locators)) == len(locators)
    total = scanned.summary
    assert total.items == total.hashed + total.unreadable + total.skipped == len(locators)
    assert total.members == sum("!" in each for each in locators)
    for each in scanned.items:
        assert (each.media is None) != (each.unreadable is None)
        assert str(Locator.parse(each.locator)) == each.locator


def test_every_item_is_opened_again_by_its_locator(scanned: Scanned) -> None:
    opened = 0
    for each in scanned.items:
        if each.digests.sha256 is None:
            continue
        outer, *steps = Locator.parse(each.locator).steps
        assert isinstance(outer, File)
        content = again(Path(outer.path).read_bytes(), tuple(steps), passwords=_PASSWORDS)
        assert hashlib.sha256(content).hexdigest() == each.digests.sha256, each.locator
        opened += 1
    assert opened > 200


def _shown(words: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    code, said = run(("show", *words, "--digest", "--json"))
    facts = [line for line in said.splitlines() if line.startswith("{")]
    return code, json.loads(facts[0]) if facts else {}


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """The option that names passwords; the command reads in this process."""
    monkeypatch.setattr("hashmatch.cli.show._WORKERS", 0)
    (tmp_path / "words").write_text("\n".join(_PASSWORDS))
    return ("--passwords", str(tmp_path / "words"))


def test_the_command_shows_every_item_as_the_scan_recorded_it(
    scanned: Scanned, words: tuple[str, ...]
) -> None:
    compared = 0
    for each in scanned.items:
        code, facts = _shown((each.locator, *words))
        recorded = each.digests
        if recorded.sha256 is None and not facts:
            assert code, each.locator
            continue
        told = {name: facts[name] for name in ("md5", "sha1", "sha256")}
        assert told == {name: getattr(recorded, name) for name in told}, each.locator
        if recorded.sha256 is not None:
            assert facts["size"] == each.size, each.locator
            compared += 1
    assert compared > 200


def test_the_command_notices_a_changed_byte(
    scanned: Scanned, words: tuple[str, ...], tmp_path: Path
) -> None:
    noticed = 0
    for kind in scanned.kinds[::4]:
        (first, *_) = kind.files
        members = [each for each in scanned.within(kind) if each.digests.sha256 in kind.sha256]
        member = next((each for each in members if each.locator.startswith(f"{first}!")), None)
        if member is None:
            continue
        data = bytearray(first.read_bytes())
        copy = tmp_path / first.name
        steps = member.locator.removeprefix(str(first))
        for place in range(len(data) // 8, len(data), len(data) // 8):
            data[place] ^= 0x55
        copy.write_bytes(data)
        code, facts = _shown((f"{copy}{steps}", *words))
        assert code or facts["sha256"] != member.digests.sha256, kind.name
        noticed += 1
    assert noticed > 10
