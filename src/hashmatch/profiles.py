"""Named thresholds and minimum qualities, each with its source."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Final

from hashmatch.errors import (
    AlgorithmMismatchError,
    ThresholdError,
    UnknownNameError,
    check_type,
    there_is,
)
from hashmatch.model.hash import bits_of
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import PlainValue

FLAT_CARDS: Final = {"pdq": 20}
"""The largest distance of flat cards that match, by default: of 4,159 pairs of single shapes 23 are
within 30 bits, and 6 within 20 (benchmarks/flat_cards.py)."""

FALSE_MATCHES: Final = 1.0
"""False matches per million items that are expected of parts of pictures, at most."""

FARTHEST: Final = 46
"""The largest distance at which parts of pictures are probable: of 519 million pairs of different
photographs none was nearer than 48."""

_MOST_QUALITY: Final = 100
_MILLION: Final = 1_000_000
_MEASURED = "benchmarks/video_recall.py: 0 false in 44,003 pairs of unrelated videos"


def check_thresholds(thresholds: Mapping[str, int]) -> None:
    """Nothing, if hashes of each of these algorithms can be that far apart.

    Raises:
        AlgorithmMismatchError: the hashes of one are opaque.
        ThresholdError: a threshold is no whole number from 0 to the bits of its algorithm.
    """
    check_type(thresholds, Mapping, "thresholds are a mapping of algorithms to bits")
    for algorithm, threshold in thresholds.items():
        check_type(algorithm, str, "an algorithm is named by its id, as 'pdq'")
        bits = bits_of(algorithm)
        if bits is None:
            msg = (
                f"no threshold can be set for {algorithm!r}: it is opaque, so that its hashes are "
                "never compared, or no algorithm; an id ends in its bits, as phash-64"
            )
            raise AlgorithmMismatchError(msg)
        if isinstance(threshold, bool) or not isinstance(threshold, int):
            msg = f"a threshold is a whole number of bits, not {threshold!r}"
            raise ThresholdError(msg)
        if not 0 <= threshold <= bits:
            msg = f"a threshold of {algorithm} is 0 to {bits} bits, not {threshold}"
            raise ThresholdError(msg)


@dataclass(frozen=True, slots=True, repr=False)
class Steps(PlainValue):
    """How frames of two videos may follow each other, and what each step costs.

    A pair of frames weighs 1 − `decay` · distance / (`pair` + 1). From one pair to the next, of
    Δq seconds in the item and Δr in the known video, `drift` · |Δr − Δq| + `lapse` · Δq is lost.

    Attributes:
        pair: the largest distance of two frames, in bits, inclusive.
        gap: the most seconds of the item from one frame that matches to the next.
        slowest: the least speed of the known video in the item.
        fastest: the greatest.
        slack: seconds by which a step may be off, as known frames are not kept at every time.
        drift: lost per second by which the two sides differ.
        lapse: lost per second of the item.
        decay: lost by the farthest pair, nearly.
    """

    pair: int = 64
    gap: float = 8.0
    slowest: float = 0.5
    fastest: float = 2.0
    slack: float = 0.6
    drift: float = 0.15
    lapse: float = 0.02
    decay: float = 0.7


@dataclass(frozen=True, slots=True, repr=False)
class VideoProfile(PlainValue):
    """What counts as a match of videos.

    Attributes:
        threshold: the largest distance of pictures that the other numbers were measured with, in
            bits. Where an operator sets another one, `hashmatch.matching.video_rules` adapts them.
        seed: largest distance at which one frame makes a known video worth a closer look, in bits.
        many: known frames beyond which looking that far would cost more than decoding does.
        seed_of_many: the same as `seed`, where more frames than that are known.
        steps: how frames follow each other.
        minimum_quality: frames below it are not matched, on either side; 0–100.
        same_picture: frames that differ by no more bits are one picture.
        strong_frames: the fewest frames of a strong segment.
        strong_pictures: the fewest different pictures of it.
        strong_distance: the largest mean distance of it, in bits.
        strong_span: the fewest seconds of it, in the item.
        probable_frames: the fewest frames of a probable segment.
        probable_pictures: the fewest different pictures of it.
        probable_score: the least score of it.
        common: a frame that is near to frames of more known videos than this is a card or a logo,
            or of a clip that is listed many times: by itself it leads to no known video.
        common_pictures: so many different ones lead to a known video all the same.
        copy_coverage: share of a known video that must match for a copy of it: what common frames
            need to lead to it and to count, and a single picture of poor quality.
        orientations: how the item's frames are turned.
        source: where the numbers come from.
    """

    threshold: int = 31
    seed: int = 40
    many: int = 50_000_000
    seed_of_many: int = 35
    steps: Steps = field(default_factory=Steps)
    minimum_quality: int = 20
    same_picture: int = 40
    strong_frames: int = 3
    strong_pictures: int = 3
    strong_distance: float = 40.0
    strong_span: float = 2.0
    probable_frames: int = 2
    probable_pictures: int = 2
    probable_score: float = 1.5
    common: int = 24
    common_pictures: int = 3
    copy_coverage: float = 0.5
    orientations: tuple[Orientation, ...] = tuple(Orientation)
    source: str = _MEASURED


@dataclass(frozen=True, slots=True, repr=False)
class Profile(PlainValue):
    """What counts as a match.

    Attributes:
        name: what users call it.
        thresholds: largest distance that still matches, in bits, inclusive, per algorithm. For an
            algorithm not named here its hasher's own default holds, where it has one.
        probable: a wider threshold per algorithm, reported apart as probable; none where empty.
        minimum_quality: hashes below it are kept and reported, but not matched; 0–100.
        qualities: per algorithm, a minimum quality that replaces `minimum_quality`; 0–100.
        probable_quality: the minimum quality, on both sides, of what is only probable; 0–100.
        flat_cards: the largest distance, per algorithm, at which a known picture of few colours
            matches; farther, and within its threshold, it is probable.
        minimum_fraction: pictures of which a smaller share could be decoded are at most probable;
            0–1.
        probable_fraction: pictures of which a smaller share could be decoded are hashed and
            reported, but not matched; 0–1. Of 245,520 to 248,502 pairs of a cut file of one
            photograph (half to nine tenths of it) and another whole photograph, none was within 77
            bits of PDQ, and at most 2 within the default threshold of any other algorithm
            (benchmarks/thresholds.py).
        false_matches: how many false matches per million items may be expected, at most, of parts
            of pictures (tiers beyond the whole picture): their radius follows from it, from how
            many hashes are known and from how many codes are tried. None fixes the radius: parts
            match within the threshold, and are probable up to `farthest`.
        farthest: the largest distance at which parts of pictures are probable, in bits, however few
            hashes are known.
        video: what counts as a match of videos.
        source: where the numbers come from.
    """

    name: str
    thresholds: Mapping[str, int] = field(default_factory=dict)
    _: KW_ONLY
    probable: Mapping[str, int] = field(default_factory=dict)
    minimum_quality: int = 50
    qualities: Mapping[str, int] = field(default_factory=dict)
    probable_quality: int = 90
    flat_cards: Mapping[str, int] = field(default_factory=FLAT_CARDS.copy)
    minimum_fraction: float = 0.95
    probable_fraction: float = 0.5
    false_matches: float | None = FALSE_MATCHES
    farthest: int = FARTHEST
    video: VideoProfile = field(default_factory=VideoProfile)
    source: str = ""

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds)
        check_thresholds(self.probable)
        check_thresholds(self.flat_cards)
        check_thresholds({"pdq": self.farthest})
        check_type(self.false_matches, (int, float, type(None)), "false matches are a number")
        if self.false_matches is not None and not 0 < self.false_matches <= _MILLION:
            msg = f"false matches per million items are above 0, not {self.false_matches}"
            raise ThresholdError(msg)
        for fraction in (self.minimum_fraction, self.probable_fraction):
            check_type(fraction, (int, float), "a minimum fraction is a number from 0 to 1")
            if not 0 <= fraction <= 1:
                msg = f"a minimum fraction is a number from 0 to 1, not {fraction}"
                raise ThresholdError(msg)
        for quality in (self.minimum_quality, self.probable_quality, *self.qualities.values()):
            check_type(quality, int, "a minimum quality is a whole number from 0 to 100")
            if not 0 <= quality <= _MOST_QUALITY:
                msg = f"a minimum quality is a whole number from 0 to 100, not {quality}"
                raise ThresholdError(msg)

    def quality_of(self, algorithm: str) -> int:
        """The minimum quality of a picture's hashes of an algorithm, 0–100."""
        return self.qualities.get(algorithm, self.minimum_quality)


@dataclass(frozen=True, slots=True, repr=False)
class Policy(PlainValue):
    """How an operator treats one hash list, or one category on it.

    Attributes:
        known_good: its entries are harmless: they label an item, and never raise a match. None
            leaves it to what the publisher says of each entry.
        thresholds: largest distances that replace the profile's, per algorithm. Of an algorithm
            named here nothing is probable by a wider threshold of the profile.
        categories: of a list: policies by category, as `VIC_US/2`, or `2` in any scheme.
    """

    known_good: bool | None = None
    thresholds: Mapping[str, int] = field(default_factory=dict)
    _: KW_ONLY
    categories: Mapping[str, "Policy"] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_thresholds(self.thresholds)
        check_type(self.known_good, (bool, type(None)), "known_good is True, False or None")
        check_type(self.categories, Mapping, "categories are a mapping of names to policies")
        for name, own in self.categories.items():
            check_type(name, str, "a category is named by text")
            check_type(own, Policy, "what is said of a category is a Policy")

    def of(self, scheme: str, category: str) -> "Policy":
        """The policy for a category: its own rules first, then those of the list."""
        own = self.categories.get(f"{scheme}/{category}") or self.categories.get(category)
        if own is None:
            return self
        known_good = self.known_good if own.known_good is None else own.known_good
        return Policy(known_good, {**self.thresholds, **own.thresholds})

    def merged(self, later: "Policy") -> "Policy":
        """This policy with the rules of a later one; rules that the later one does not set stay."""
        categories = dict(self.categories)
        for name, own in later.categories.items():
            categories[name] = categories.get(name, Policy()).merged(own)
        known_good = self.known_good if later.known_good is None else later.known_good
        return Policy(known_good, {**self.thresholds, **later.thresholds}, categories=categories)


_COARSE: Final = {"ahash-64": 0, "whash-64": 0}
"""Equal hashes of these are leads at most: 1 and 29 of 1,122,751 pairs of different photographs
have equal ones, and 15 differ in at most one bit of aHash (benchmarks/thresholds.py)."""

DEFAULT = Profile(
    name="default",
    thresholds={"pdq": 31, "phash-64": 8, "phash-256": 80, "dhash-64": 5, "dhash-256": 46},
    probable=_COARSE,
    source="pdq: Meta, 'The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm' "
    "(2019): match at 31 or less, discard quality 49 or less; others: at most one false match in a "
    "million pairs of different photographs, as their hashers say, see benchmarks/thresholds.py",
)

STRICT = Profile(
    name="strict",
    thresholds={"pdq": 22, "phash-64": 0, "phash-256": 10, "dhash-64": 0, "dhash-256": 0},
    farthest=22,
    video=VideoProfile(
        threshold=22,
        seed=31,
        steps=Steps(pair=56),
        strong_frames=4,
        strong_distance=31.0,
        strong_span=3.0,
        probable_frames=3,
        probable_pictures=3,
        probable_score=2.0,
        common=12,
        source=f"{_MEASURED}; here narrower by the difference of the thresholds for pictures",
    ),
    source="the largest even distance with at most one expected false match per million items "
    "against 10 million hashes, see hashmatch.false_matches; phash-256: far narrower than the line "
    "through 1.1 million pairs, which promises too much so far out (of pdq 42 instead of 22); of "
    "64 bits, and of dhash-256, no distance is known to keep to that: equal hashes only",
)

WIDE = replace(
    DEFAULT,
    name="wide",
    probable={
        **_COARSE,
        "pdq": 46,
        "phash-64": 10,
        "phash-256": 84,
        "dhash-64": 7,
        "dhash-256": 55,
    },
    video=VideoProfile(
        seed=48,
        probable_score=1.2,
        common=48,
        source=f"{_MEASURED}; here seeds at 48, the nearest of 519 million unrelated pairs",
    ),
    source=f"{DEFAULT.source}; probable up to 46 with quality 90 on both sides: of 519 million "
    "pairs of different pictures none was nearer than 48; others: at most one false match in "
    "100,000 pairs of different photographs, see benchmarks/thresholds.py",
)


_PROFILES = {profile.name: profile for profile in (STRICT, DEFAULT, WIDE)}


def get_profile(name: str | Profile) -> Profile:
    """The profile of this name: `strict`, `default` or `wide`; a Profile is given back as it is.

    Raises:
        TypeError: neither.
        UnknownNameError: there is none; the message names those there are.
    """
    check_type(name, (str, Profile), "a profile is a Profile, or the name of one")
    if isinstance(name, Profile):
        return name
    try:
        return _PROFILES[name]
    except KeyError:
        msg = f"no profile is called {name!r}"
        raise UnknownNameError(there_is(msg, _PROFILES)) from None
