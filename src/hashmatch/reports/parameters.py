"""What a run searched with, in words."""

from collections.abc import Iterator, Mapping
from typing import Final

from hashmatch.model import Json
from hashmatch.model.hash import bits_of
from hashmatch.model.orientation import Orientation

_VIDEO: Final = {
    "threshold": "the numbers below apply where pictures match up to {} bits; with a smaller "
    "threshold, the limits for frames are smaller in proportion",
    "seed": "a frame is a candidate if it differs from a known frame in at most {} bits",
    "many": "in lists of more than {:,} frames the limit for candidates is smaller",
    "seed_of_many": "that smaller limit is {} bits",
    "minimum_quality": "frames with a quality below {} are not matched",
    "same_picture": "frames that differ in at most {} bits count as one picture",
    "strong_frames": "a strong segment has at least {} frames",
    "strong_pictures": "it has at least {} different pictures",
    "strong_distance": "its frames differ in at most {:g} bits on average",
    "strong_span": "it lasts at least {:g} seconds",
    "probable_frames": "a probable segment has at least {} frames",
    "probable_pictures": "it has at least {} different pictures",
    "probable_score": "its score is at least {:g}",
    "common": "a frame that occurs in more than {} known videos is no candidate alone",
    "common_pictures": "at least {} different frames of this kind are candidates together",
    "copy_coverage": "such a match covers at least {:.0%} of the known video",
}
_STEPS: Final = {
    "pair": "two frames match within {} bits",
    "gap": "at most {:g} seconds lie between two matching frames",
    "slowest": "the known video runs at least {:g} times as fast",
    "fastest": "it runs at most {:g} times as fast",
    "slack": "a step may be off by {:g} seconds",
    "drift": "the score falls by {:g} for each second by which the two sides differ",
    "lapse": "it falls by {:g} for each second that passes",
    "decay": "the pair with the largest distance costs {:g} of it",
}


def in_words(profile: Mapping[str, Json]) -> dict[str, str]:
    """A profile as a run recorded it, by what is said about it.

    What this version does not know, as it was recorded by another, is said by its own name.
    """
    rest = dict(profile)
    said = {
        "Profile": _text(rest.pop("name", "not recorded")),
        "Pictures match": "; ".join(_thresholds(rest.pop("thresholds", None))),
        "Probable": "; ".join(_thresholds(rest.pop("probable", None)))
        or "no wider threshold; only pictures decoded in part are reported as probable",
        "Flat cards match": "; ".join(_thresholds(rest.pop("flat_cards", None))),
        "Parts of pictures": "; ".join(_parts(rest)),
        "Quality": "; ".join(_qualities(rest)),
        "Decoded share": "; ".join(_fractions(rest)),
    }
    video = rest.pop("video", None)
    if isinstance(video, Mapping):
        said["Videos"] = "; ".join(_videos(video))
    source = rest.pop("source", None)
    said |= {name.replace("_", " ").capitalize(): _text(value) for name, value in rest.items()}
    if source:
        said["Source of the numbers"] = _text(source)
    return {name: words for name, words in said.items() if words}


def _thresholds(told: Json) -> Iterator[str]:
    if not isinstance(told, Mapping):
        return
    for algorithm, bits in told.items():
        all_bits = bits_of(algorithm) if isinstance(algorithm, str) else None
        yield f"{algorithm} up to {bits}{f' of {all_bits}' if all_bits else ''} bits"


def _parts(rest: dict[str, Json]) -> Iterator[str]:
    """How near parts of pictures must be, of a profile that says so."""
    if "farthest" not in rest:
        return
    farthest, most = rest.pop("farthest"), rest.pop("false_matches", None)
    yield f"probable up to {farthest} bits"
    if most is None:
        yield "however many hashes are known"
    else:
        yield f"at most {most:g} false matches per million items are expected"


def _qualities(rest: dict[str, Json]) -> Iterator[str]:
    if (least := rest.pop("minimum_quality", None)) is not None:
        yield f"hashes with a quality below {least} of 100 are kept, but not matched"
    own = rest.pop("qualities", None)
    if isinstance(own, Mapping):
        yield from (f"below {least} for {algorithm}" for algorithm, least in own.items())
    if (least := rest.pop("probable_quality", None)) is not None:
        yield f"a probable match needs a quality of {least} on both sides"


def _fractions(rest: dict[str, Json]) -> Iterator[str]:
    least, lowest = rest.pop("minimum_fraction", None), rest.pop("probable_fraction", None)
    if isinstance(least, int | float):
        yield f"a picture decoded to less than {least:.0%} is at most a probable match"
    if isinstance(lowest, int | float):
        yield f"a picture decoded to less than {lowest:.0%} is not matched by hash"


def _videos(told: Mapping[str, Json]) -> Iterator[str]:
    rest = dict(told)
    steps = rest.pop("steps", None)
    if isinstance(steps, Mapping):
        yield from _filled(_STEPS, dict(steps))
    turned, source = rest.pop("orientations", None), rest.pop("source", None)
    yield from _filled(_VIDEO, rest)
    if isinstance(turned, list | tuple):
        yield f"frames are turned in {len(turned)} of {len(Orientation)} ways"
    if source:
        yield f"numbers from {_text(source)}"


def _filled(words: Mapping[str, str], rest: dict[str, Json]) -> Iterator[str]:
    for name, template in words.items():
        value = rest.pop(name, None)
        if isinstance(value, int | float):
            yield template.format(value)
    yield from (f"{name.replace('_', ' ')} {_text(value)}" for name, value in rest.items())


def _text(value: Json) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_text(each)}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value)) or "none"
    return str(value)
