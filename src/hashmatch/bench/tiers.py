"""How hard known pictures are looked for: tiers passed on to hashing, at a radius that is fixed."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from hashmatch.decoding.decoded import Wanted
from hashmatch.decoding.failures import failures_told
from hashmatch.decoding.image import decode_bytes
from hashmatch.enrolment import hashes_of
from hashmatch.hashing.options import HashOptions
from hashmatch.hashing.patches import known_patches
from hashmatch.limits import Limits
from hashmatch.matching.thresholds import overridden
from hashmatch.model import KnownHash
from hashmatch.model.region import ORDER, tiers_named
from hashmatch.profiles import DEFAULT, Profile

TIERS: Final = tuple(each.value for each in ORDER)
"""All that hashing knows, in the order in which they are tried."""


def looking_by(options: HashOptions, tiers: Sequence[str]) -> HashOptions:
    """The options with these tiers.

    Raises:
        UnknownNameError: there is no such tier; the message names those there are.
    """
    return replace(options, tiers=tiers_named(tiers))


def enrolled_of(data: bytes, limits: Limits, *, patches: bool) -> tuple[KnownHash, ...]:
    """The hashes of a picture, as `lists enrol` lists them.

    Raises:
        UnreadableImageError: the file cannot be read.
        MissingExtraError: patches are asked for, and the extra `patches` is not installed.
    """
    with failures_told():
        _, decoded = decode_bytes(data, Wanted(exact=True), limits)
        return hashes_of(decoded, patches=patches)[0]


def patches_of(data: bytes, limits: Limits) -> tuple[KnownHash, ...]:
    """The patches of a picture, as `lists enrol --patches` lists them.

    Raises:
        UnreadableImageError: the file cannot be read.
        MissingExtraError: the extra `patches` is not installed.
    """
    with failures_told():
        _, decoded = decode_bytes(data, Wanted(exact=True), limits)
        return known_patches(decoded.frames[0].raster)


def fixed(algorithm: str, bits: int) -> Profile:
    """The default profile with one distance for whole pictures and for parts of them.

    Args:
        algorithm: whose hashes.
        bits: the largest distance that matches, whatever the size of the list.
    """
    return replace(overridden(DEFAULT, {algorithm: bits}), false_matches=None, farthest=bits)
