"""What the boxes of a HEIF or AVIF say of its picture: how it is coded, and whether encrypted.

A decoder's message does not tell a sound picture that it cannot read from a damaged one. A kind
counts as unsupported only where two places of the file agree on it, so that no single wrong bit
makes it of a damaged picture: the type of the item and the lack of a configuration of the type that
is read; the profile in the configuration and in the sequence parameters; the depth in the
configuration and in the item's properties. AV1 alone has one place: a profile that is reserved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hashmatch.decoding.extents import in_memory, names_of_boxes
from hashmatch.errors import Reason, UnreadableImageError

_TITLES: Final[Mapping[str, str]] = {
    "av01": "AV1",
    "avc1": "AVC",
    "evc1": "EVC",
    "hvc1": "HEVC",
    "j2k1": "JPEG 2000",
    "jpeg": "JPEG",
    "jxl1": "JPEG XL",
    "jxs1": "JPEG XS",
    "lhv1": "layered HEVC",
    "unci": "no compression",
    "vvc1": "VVC",
}
"""Codings of pictures, by the types of items."""
_READ: Final[Mapping[str, str]] = {"heif": "hvc1", "avif": "av01"}
KINDS: Final = frozenset(_READ)
"""Formats whose boxes say how their pictures are coded."""
_HEVC_PROFILES: Final = 4
"""Main, Main 10, Main Still Picture, and range extensions; those behind are of other coders."""
_AV1_PROFILES: Final = 2
_PROTECTION: Final = b"ipro"
"""The box that says how items are encrypted."""
_CONFIGURATION: Final[Mapping[str, str]] = {"hvc1": "hvcC", "av01": "av1C"}
_HEVC_BITS: Final = 12
_SEQUENCE_PARAMETERS: Final = 33
"""The type of HEVC's sequence parameters among the units of a configuration."""
_DEEPEST: Final = 8
_MOST_BOXES: Final = 65536
_MOST_PARTS: Final = 1 << 18
"""Parts of all items that are taken up: a picture has 65,536 at most, and few are beside it."""


@dataclass(slots=True)
class Items:
    """What is told of a file's items.

    Attributes:
        primary: the item that is the picture; 0 where that is not told.
        kinds: types, by item.
        protected: items that are encrypted.
        parts: the items that an item is made of.
        profiles: of HEVC and AV1, as their configurations give them.
        properties: names of boxes that describe items.
        depths: bits of a sample, as the boxes of these names give them.
        left: how many further parts are taken up.
    """

    primary: int = 0
    kinds: dict[int, str] = field(default_factory=dict)
    protected: set[int] = field(default_factory=set)
    parts: dict[int, list[int]] = field(default_factory=dict)
    profiles: dict[str, set[int]] = field(default_factory=dict)
    properties: set[str] = field(default_factory=set)
    depths: dict[str, set[int]] = field(default_factory=dict)
    left: int = _MOST_PARTS


def check_encryption(data: bytes) -> None:
    """Refuse a picture that is encrypted: what a decoder makes of it is noise.

    Raises:
        UnreadableImageError: it is.
    """
    if _PROTECTION in data and (refused := _refusal(data, "")) is not None:
        raise refused


def refusal(data: bytes, kind: str) -> UnreadableImageError | None:
    """Why nobody here reads a picture that may be sound; None where nothing says so.

    Args:
        data: the file.
        kind: `heif` or `avif`.
    """
    names = names_of_boxes(in_memory(data), len(data))
    if b"moov" in names and b"meta" not in names:
        detail = "a picture sequence without a primary picture is read as a video only"
        return UnreadableImageError(Reason.UNSUPPORTED, detail)
    return _refusal(data, _READ[kind])


def _refusal(data: bytes, read: str) -> UnreadableImageError | None:
    items = items_in(data)
    needed = _needed(items)
    if not items.protected.isdisjoint(needed) and _PROTECTION in data:
        return UnreadableImageError(Reason.ENCRYPTED, "the picture in it is encrypted")
    if not read:
        return None
    return _of_coding(items, needed, read) or _of_configuration(items, read)


def _of_coding(items: Items, needed: set[int], read: str) -> UnreadableImageError | None:
    """What the types of items say."""
    others = sorted({items.kinds.get(each, "") for each in needed} & (_TITLES.keys() - {read}))
    if not others:
        return None
    if _contradicts(items, needed, read):
        return UnreadableImageError(Reason.DAMAGED, "its boxes contradict each other")
    detail = f"a picture coded with {_TITLES[others[0]]} is not supported here"
    return UnreadableImageError(Reason.UNSUPPORTED, detail)


def _of_configuration(items: Items, read: str) -> UnreadableImageError | None:
    """What configurations of the coding that is read say."""
    most = {"hvcC": _HEVC_PROFILES, "av1C": _AV1_PROFILES}
    for name, profiles in items.profiles.items():
        if any(each > most[name] for each in profiles):
            detail = f"profile {max(profiles)} of {_TITLES[read]} is not supported"
            return UnreadableImageError(Reason.UNSUPPORTED, detail)
    deepest = max(items.depths.get("hvcC", ()), default=0)
    if deepest > _HEVC_BITS and deepest in items.depths.get("pixi", ()):
        detail = f"HEVC with {deepest} bits per sample is not supported"
        return UnreadableImageError(Reason.UNSUPPORTED, detail)
    return None


def _contradicts(items: Items, needed: set[int], read: str) -> bool:
    """Whether a configuration of the coding that is read is there for no other item's sake."""
    if _CONFIGURATION[read] not in items.properties:
        return False
    own = {item for item, kind in items.kinds.items() if kind == read}
    return not own or not own.isdisjoint(needed)


def _needed(items: Items) -> set[int]:
    """The picture's item, and all that it is made of."""
    found, new = set[int](), {items.primary} if items.primary else set(items.kinds)
    for _ in range(_DEEPEST):
        found |= new
        new = {part for each in new for part in items.parts.get(each, [])} - found
    return found


def items_in(data: bytes) -> Items:
    """What is told of a file's items."""
    items = Items()
    for name, body in meta_of(data):
        _take(items, name, body)
    return items


def meta_of(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes of the first outer box `meta`: names and contents."""
    return boxes(next((body[4:] for name, body in boxes(data) if name == b"meta"), b""))


def _take(items: Items, name: bytes, body: bytes) -> None:
    """Take up what one box says."""
    if name == b"pitm":
        items.primary = number(body, 4, 4 if body[:1] != b"\0" else 2)
    elif name == b"iinf":
        for inner, entry in boxes(body[6 if body[:1] == b"\0" else 8 :]):
            if inner == b"infe" and entry[:1] in (b"\2", b"\3"):
                _take_item(items, entry, 2 if entry[:1] == b"\2" else 4)
    elif name == b"iref":
        _take_parts(items, body[4:], 2 if body[:1] == b"\0" else 4)
    elif name == b"iprp":
        for inner, entry in boxes(body):
            if inner == b"ipco":
                _take_profiles(items, entry)


def _take_item(items: Items, entry: bytes, width: int) -> None:
    item = number(entry, 4, width)
    items.kinds[item] = entry[6 + width : 10 + width].decode("latin-1")
    if number(entry, 4 + width, 2):
        items.protected.add(item)


def _take_parts(items: Items, references: bytes, width: int) -> None:
    for name, entry in boxes(references):
        if name == b"dimg":
            parts = items.parts.setdefault(number(entry, 0, width), [])
            first, count = width + 2, min(number(entry, width, 2), items.left)
            places = range(first, min(first + width * count, len(entry)), width)
            parts += (number(entry, at, width) for at in places)
            items.left -= len(places)


def _take_profiles(items: Items, properties: bytes) -> None:
    for name, config in boxes(properties):
        items.properties.add(name.decode("latin-1"))
        if name == b"hvcC":
            profile = number(config, 1, 1) & 31
            if profile in _profiles_of_units(config):
                items.profiles.setdefault("hvcC", set()).add(profile)
            items.depths.setdefault("hvcC", set()).add(8 + (number(config, 17, 1) & 7))
        elif name == b"av1C":
            items.profiles.setdefault("av1C", set()).add(number(config, 1, 1) >> 5)
        elif name == b"pixi":
            items.depths.setdefault("pixi", set()).update(config[5 : 5 + number(config, 4, 1)])


def _profiles_of_units(config: bytes) -> Iterator[int]:
    """The profiles that the sequence parameters in a configuration of HEVC give."""
    at = 23
    for _ in range(number(config, 22, 1)):
        kind, count = number(config, at, 1) & 63, number(config, at + 1, 2)
        at += 3
        for _ in range(count):
            if at >= len(config):
                return
            if kind == _SEQUENCE_PARAMETERS:
                yield number(config, at + 5, 1) & 31
            at += 2 + number(config, at, 2)


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes in some bytes, up to what is none: names and contents."""
    at = 0
    for _ in range(_MOST_BOXES):
        size, head = number(data, at, 4), 8
        if size == 1:
            size, head = number(data, at + 8, 8), 16
        elif size == 0:
            size = len(data) - at
        if size < head or at + head > len(data):
            return
        yield data[at + 4 : at + 8], data[at + head : at + size]
        at += size


def number(data: bytes, at: int, length: int) -> int:
    """The number in these bytes, as far as they are there."""
    return int.from_bytes(data[at : at + length])
