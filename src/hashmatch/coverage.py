"""What of a hash list can match and what cannot: no list, and no part of one, fails in silence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any, ClassVar

from hashmatch.model.plain import PlainValue, Shape
from hashmatch.wording import number_of


class Unsearched(StrEnum):
    """Why a known hash can match nothing. Values are stable: databases and reports store them."""

    OPAQUE = "opaque"
    """Carried byte for byte: nothing says how two of them are compared."""
    NO_THRESHOLD = "no-threshold"
    """Neither profile nor policy nor hasher says how near is near enough."""
    NOT_COMPUTED = "not-computed"
    """No hasher here computes such hashes of files: only a hash that is looked up can be near."""
    ANOTHER_TIER = "another-tier"
    """Patches are only looked for where the tier `patches` is asked for."""
    LOW_QUALITY = "low-quality"
    """The hash's quality is below the minimum."""


_WORDS = {
    Unsearched.OPAQUE: "opaque: they are carried, and never compared",
    Unsearched.NO_THRESHOLD: "no threshold: set one with --threshold or lists policy",
    Unsearched.NOT_COMPUTED: "not computed of files here: only hashes that are looked up match",
    Unsearched.ANOTHER_TIER: "only looked for with the tier patches: --effort thorough",
    Unsearched.LOW_QUALITY: "below the minimum quality",
}


@dataclass(frozen=True, slots=True, repr=False)
class HashCoverage(PlainValue):
    """The hashes of one algorithm on one list.

    Attributes:
        algorithm: of the hashes.
        searched: how many can match.
        threshold: the largest distance at which any of them matches, in bits; None if none does.
        unsearched: how many cannot, per reason.
        least: the same for the category whose threshold is smallest.
        probable: the largest distance at which any of them is probable and no more, in bits; None
            where that is no farther than it matches.
        frames: the largest distance at which frames of two videos match that follow each other in
            the same order, in bits; None where no frame of a video is searched.
    """

    algorithm: str
    searched: int
    threshold: int | None = None
    unsearched: Mapping[Unsearched, int] = field(default_factory=dict)
    least: int | None = None
    probable: int | None = None
    frames: int | None = None


@dataclass(frozen=True, slots=True, repr=False)
class ListCoverage(PlainValue):
    """What of one hash list can match.

    Attributes:
        name: of the list.
        entries: in force.
        digests: of their bytes; all of them match.
        hashes: by algorithm.
        quarantined: rows of the publisher's files that could not be understood.
    """

    json_shape: ClassVar = Shape(
        omitted=("name",), computed={"contributes": attrgetter("contributes")}
    )

    name: str
    entries: int
    digests: int
    hashes: tuple[HashCoverage, ...] = ()
    quarantined: int = 0

    @property
    def contributes(self) -> bool:
        """Whether anything of it can match."""
        return bool(self.digests or any(each.searched for each in self.hashes))

    @property
    def unsearched(self) -> int:
        """How many of its hashes cannot match."""
        return sum(sum(each.unsearched.values()) for each in self.hashes)

    @classmethod
    def from_json(cls, name: str, value: Mapping[str, Any]) -> "ListCoverage":
        """The coverage that was put on record as JSON."""
        hashes = (
            HashCoverage(
                each["algorithm"],
                each["searched"],
                each["threshold"],
                {Unsearched(why): n for why, n in each["unsearched"].items()},
                # Records of earlier versions have none of these.
                each.get("least"),
                each.get("probable"),
                each.get("frames"),
            )
            for each in value["hashes"]
        )
        counts = value["entries"], value["digests"]
        return cls(name, *counts, tuple(hashes), value["quarantined"])


def searched_in_words(coverage: ListCoverage) -> list[str]:
    """What of a list is searched, one thing at a time."""
    said = [f"{number_of(coverage.digests, 'digest')} searched"] if coverage.digests else []
    said += [
        f"{_hashes(each.searched, each.algorithm)} searched, {_reach(each)}"
        for each in coverage.hashes
        if each.searched
    ]
    return said


def _reach(hashes: HashCoverage) -> str:
    """Up to which distance hashes match, and up to which they are only probable."""
    if hashes.threshold is None:
        within = (
            "equal hashes" if not hashes.probable else f"up to {number_of(hashes.probable, 'bit')}"
        )
        return f"{within}, which are only PROBABLE, never a match by themselves"
    within = f"up to {number_of(hashes.threshold, 'bit')}"
    if hashes.least is not None and hashes.least < hashes.threshold:
        within += f" ({hashes.least} in some categories)"
    if hashes.probable is not None:
        within += f"; probable up to {number_of(hashes.probable, 'bit')}"
    if hashes.frames is not None:
        within += f"; frames in the order of a known video up to {number_of(hashes.frames, 'bit')}"
    return within


def _hashes(count: int, algorithm: str) -> str:
    return number_of(count, f"{algorithm} hash", f"{algorithm} hashes")


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def unsearched_in_words(coverage: ListCoverage) -> list[str]:
    """What of a list cannot match, one thing at a time; nothing where all of it can."""
    said = [
        f"{_hashes(count, each.algorithm)} {_are(count)} NOT searched ({_WORDS[why]})"
        for each in coverage.hashes
        for why, count in each.unsearched.items()
    ]
    if coverage.quarantined:
        rows = number_of(coverage.quarantined, "row")
        said.append(f"{rows} could not be understood and {_are(coverage.quarantined)} quarantined")
    if not coverage.contributes:
        said.append("NOTHING of it can match: no digest, and no hash that is searched")
    return said


def nothing_matches(lists: Iterable[ListCoverage]) -> str:
    """Why nothing can match, in words; empty if something can."""
    found = list(lists)
    if any(each.contributes for each in found):
        return ""
    why = "; ".join(f"list {each.name}: {', '.join(unsearched_in_words(each))}" for each in found)
    return f"nothing that is known can match: {why or 'there is no hash list'}"
