"""What became of altered copies: counted as they come, so that a stopped run is worth its part."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hashmatch.bench.distances import FARTHEST, Codes, readings
from hashmatch.bench.impostors import Counts
from hashmatch.bench.intervals import wilson
from hashmatch.bench.listing import KNOWN
from hashmatch.bench.tiers import TIERS
from hashmatch.model import Match, MediaHashes, Unreadable

if TYPE_CHECKING:
    from hashmatch.bench.transforms.base import Transform

_NAMED: Final = 20


@dataclass(slots=True, eq=False)
class Tally:
    """What one algorithm found of the copies.

    Attributes:
        algorithm: whose hashes.
        thresholds: at which copies were looked up.
        codes: the upright hashes of the known pictures, in their order, then of others.
        quality: the least with which a reading is looked up.
        copies: made, by alteration.
        unreadable: copies that could not be hashed, by alteration.
        found: copies that matched their own entry, by threshold and alteration.
        met_by: how many of them by each tier, by threshold, tier and alteration.
        wrong: copies that matched another entry, by threshold.
        matches: wrong matches, by threshold.
        examples: wrong matches at the widest threshold: alteration, number of the known picture,
            list, entry, distance.
        genuine: distances of copies to their own picture.
        impostors: distances of copies to other pictures.
        missed: copies of which nothing was looked up: unreadable, or of too little quality.
    """

    algorithm: str
    thresholds: tuple[int, ...]
    codes: Codes
    quality: int
    copies: Counter[str] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)
    found: dict[int, Counter[str]] = field(default_factory=dict)
    met_by: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    wrong: Counter[int] = field(default_factory=Counter)
    matches: Counter[int] = field(default_factory=Counter)
    examples: list[tuple[str, int, str, str, int]] = field(default_factory=list)
    genuine: Counts = field(default_factory=Counts.none)
    impostors: Counts = field(default_factory=Counts.none)
    missed: int = 0

    def add(self, transform: str, number: int, media: MediaHashes | Unreadable) -> None:
        """Count a copy, and its distances to all pictures.

        Args:
            transform: the id of the alteration.
            number: of the known picture that it is a copy of.
            media: its hashes, or why there are none.
        """
        self.copies[transform] += 1
        if isinstance(media, Unreadable):
            self.unreadable[transform] += 1
            self.missed += 1
            return
        looked_for = readings(media, self.algorithm, self.quality)
        if not len(looked_for):
            self.missed += 1
            return
        apart = self.codes.from_readings(looked_for)
        self.genuine.at[apart[number]] += 1
        others = np.delete(apart, number)
        self.impostors.at[:] += np.bincount(others, minlength=FARTHEST + 1)

    def matched(
        self, threshold: int, transform: str, number: int, matches: Iterable[Match]
    ) -> None:
        """Count what a copy matched at a threshold."""
        wrong = 0
        for each in matches:
            if not each.reportable:
                continue
            if (each.list_name, each.entry_id) == (KNOWN, str(number)):
                self.found.setdefault(threshold, Counter())[transform] += 1
                self.met_by[threshold, each.tier, transform] += 1
                continue
            wrong += 1
            if threshold == self.thresholds[-1] and len(self.examples) < _NAMED:
                told = transform, number, each.list_name, each.entry_id, each.distance
                self.examples.append(told)
        self.matches[threshold] += wrong
        self.wrong[threshold] += bool(wrong)

    def shares(self, suite: "Sequence[Transform]") -> list[dict[str, Any]]:
        """Recall of each alteration that any copy was made by."""
        return [
            {"transform": each.id, "group": each.group, **self._share([each.id])}
            for each in suite
            if self.copies[each.id]
        ]

    def groups(self, suite: "Sequence[Transform]") -> list[dict[str, Any]]:
        """Recall of each group, and of all."""
        ids: dict[str, list[str]] = {}
        for each in suite:
            if self.copies[each.id]:
                ids.setdefault(each.group, []).append(each.id)
        found = [{"group": group, **self._share(those)} for group, those in ids.items()]
        return [*found, {"group": "all", **self._share(list(self.copies))}]

    def _share(self, ids: Sequence[str]) -> dict[str, Any]:
        copies = sum(self.copies[each] for each in ids)
        recall: dict[str, Any] = {}
        for threshold in self.thresholds:
            found = sum(self.found.get(threshold, Counter())[each] for each in ids)
            recall[str(threshold)] = {
                **_share_of(found, copies),
                "up_to": self._up_to(threshold, ids, copies),
            }
        unreadable = sum(self.unreadable[each] for each in ids)
        return {
            "transforms": len(ids),
            "copies": copies,
            "unreadable": unreadable,
            "recall": recall,
        }

    def _up_to(self, threshold: int, ids: Sequence[str], copies: int) -> dict[str, dict[str, Any]]:
        """What each tier found, with those before it: each is tried for what these did not find."""
        met = [sum(self.met_by[threshold, tier, each] for each in ids) for tier in TIERS]
        last = max((at for at, count in enumerate(met) if count), default=0)
        up_to = list(accumulate(met))[: last + 1]
        return {tier: _share_of(found, copies) for tier, found in zip(TIERS, up_to, strict=False)}


def _share_of(found: int, copies: int) -> dict[str, Any]:
    """A share of copies, with its interval."""
    low, high = wilson(found, copies)
    return {
        "found": found,
        "recall": round(found / copies, 6) if copies else 0.0,
        "interval": [round(low, 6), round(high, 6)],
    }
