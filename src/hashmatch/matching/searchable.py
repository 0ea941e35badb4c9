"""Whether a value that is looked up can match anything that is known."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hashmatch.coverage import HashCoverage, Unsearched
from hashmatch.model import Digests, Hash, bits_of

if TYPE_CHECKING:
    from hashmatch.matching.matcher import Matcher


class Searchable:
    """What of the lists of a matcher can match; they are counted once for each name."""

    def __init__(self, matcher: "Matcher") -> None:
        self._matcher = matcher
        self._why: dict[str, str] = {}

    def why_not(self, digests: Digests, hashes: Sequence[Hash]) -> str:
        """Why a value can match nothing, in words; empty if it can, or if it means nothing.

        Args:
            digests: that the value may be.
            hashes: that it may be.
        """
        names = [name for name, _ in digests.items()]
        why = [self._why_none(name, self._digest) for name in names]
        why += [self._why_none(each.algorithm, self._hash) for each in hashes]
        return "" if not all(why) else "; ".join(dict.fromkeys(why))

    def _why_none(self, name: str, find: Callable[[str], str]) -> str:
        if name not in self._why:
            self._why[name] = find(name)
        return self._why[name]

    def _digest(self, name: str) -> str:
        if any(known.count(name) for known in self._matcher.lists):
            return ""
        return f"no {name} digests are known"

    def _hash(self, algorithm: str) -> str:
        if bits_of(algorithm) is None:
            return f"{algorithm} hashes are opaque and never compared"
        lists = self._matcher.coverage
        found = [each for one in lists for each in one.hashes if each.algorithm == algorithm]
        if not found:
            return f"no {algorithm} hashes are known"
        if any(_can_be_met(each) for each in found):
            return ""
        if any(Unsearched.LOW_QUALITY in each.unsearched for each in found):
            return f"no {algorithm} hash that is known has the minimum quality"
        return f"{algorithm} hashes have no threshold: set one with --threshold or lists policy"


def _can_be_met(hashes: HashCoverage) -> bool:
    """Whether a given hash can match any: those that no scan computes can match too."""
    return bool(hashes.searched) or (hashes.threshold, hashes.probable) != (None, None)
