"""Items and matches as rows of the columns, and back."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from hashmatch.errors import HashFormatError, Reason
from hashmatch.model import (
    Alpha,
    Decoder,
    Digests,
    Hash,
    Item,
    ItemStatus,
    Match,
    MediaHashes,
    Mode,
    Reading,
    Region,
    Sampling,
    Tier,
    Unreadable,
    VideoFacts,
)
from hashmatch.model.orientation import Orientation
from hashmatch.tables.columns import COLUMNS, ColumnError

_NOTHING: Final = dict.fromkeys(COLUMNS)
_MODES: Final = {each.value: each for each in Mode}
_OUTLINE: Final = 4


def row_of(item: Item, matches: Sequence[Match] | None) -> dict[str, Any]:
    """An item with its matches as a row, without what it was matched with.

    Args:
        item: the locator is its URI.
        matches: None where nothing was matched.
    """
    media, why = item.media, item.unreadable
    reason = (media and media.reason) or (why and why.reason)
    row = {
        **_NOTHING,
        "uri": item.locator or None,
        "size": item.size,
        **dict(item.digests.items()),
        "status": status_of(item).value,
        "reason": reason.value if reason else None,
        "detail": (why.detail or None) if why is not None else None,
        "matches": None if matches is None else [match_of(each) for each in matches],
    }
    return row if media is None else row | _media(media)


def status_of(item: Item) -> ItemStatus:
    """What became of an item."""
    if item.media is not None:
        return ItemStatus.HASHED
    skipped = item.unreadable is not None and item.unreadable.reason.skipped
    return ItemStatus.SKIPPED if skipped else ItemStatus.UNREADABLE


def match_of(match: Match) -> dict[str, Any]:
    """A match as it stands in a row."""
    found = match.to_dict()
    details = found["details"]
    found["details"] = json.dumps(details, ensure_ascii=True) if details else None
    return found


def _media(media: MediaHashes) -> dict[str, Any]:
    video = media.video
    row: dict[str, Any] = {
        "kind": "picture" if video is None else "video",
        "format": media.format,
        "width": media.width,
        "height": media.height,
        "frames": media.frames,
        "fraction": media.fraction,
        "flags": list(media.flags),
        "mode": media.mode.value,
        "decoder": media.decoder.value,
        "hashes": [_reading(each) for each in media.readings],
        "regions": [_region(each) for each in media.regions],
    }
    if media.readings[0].time is None:
        row |= {"hash": str(media.hash), "quality": media.quality}
    if video is not None:
        row |= {
            "sampling": video.sampling.value,
            "duration": video.duration,
            "codec": video.codec or None,
            "damaged": video.damaged,
        }
    return row


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "algorithm": reading.hash.algorithm,
        "hex": reading.hash.hex,
        "quality": reading.quality,
        "orientation": reading.orientation.value,
        "alpha": reading.alpha.value,
        "frame": reading.frame,
        "time": reading.time,
        "part": reading.part or None,
    }


def _region(region: Region) -> dict[str, Any]:
    return {
        "tier": region.tier.value,
        "outline": [place for corner in region.outline for place in corner],
        "quality": region.quality,
        "plan": region.plan,
        "codes": region.codes,
        "frame": region.frame,
        "places": region.places or None,
    }


def item_of(row: Mapping[str, Any]) -> Item:
    """The item that a row was made of: it matches what the file itself would match.

    Raises:
        ColumnError: the row is not one that `row_of` made.
    """
    try:
        hashed = bool(_list(row.get("hashes")))
        fault = row.get("detail") if row.get("reason") == Reason.INTERNAL_ERROR else None
        return Item(
            row.get("uri") or "",
            _size_of(row),
            digests=digests_of(row),
            media=_media_of(row) if hashed else None,
            unreadable=None if hashed and not fault else _why_not(row),
        )
    except HashFormatError as error:
        raise ColumnError(str(error)) from None
    except (AttributeError, KeyError, OverflowError, TypeError, ValueError) as error:
        msg = f"its hashes cannot be understood ({type(error).__name__})"
        raise ColumnError(msg) from None


def _why_not(row: Mapping[str, Any]) -> Unreadable:
    return Unreadable(Reason(row.get("reason") or Reason.NOT_A_PICTURE), row.get("detail") or "")


def _size_of(row: Mapping[str, Any]) -> int | None:
    size: int | None = row.get("size")
    if size is not None and size < 0:
        raise ValueError
    return size


def digests_of(row: Mapping[str, Any]) -> Digests:
    """The digests in a row, as far as it has them.

    Raises:
        HashFormatError: they are none.
    """
    told = {name: row.get(name) for name in ("md5", "sha1", "sha256")}
    return Digests(**{name: str(each).strip().lower() for name, each in told.items() if each})


def _media_of(row: Mapping[str, Any]) -> MediaHashes:
    sampling = row.get("sampling")
    video = None
    if sampling is not None:
        video = VideoFacts(
            Sampling(sampling),
            float(row["duration"]),
            codec=row.get("codec") or "",
            damaged=int(row.get("damaged") or 0),
        )
    reason = row.get("reason")
    return MediaHashes(
        tuple(_reading_of(each) for each in row["hashes"]),
        _MODES[row["mode"]],
        width=int(row["width"]),
        height=int(row["height"]),
        format=str(row["format"]),
        decoder=Decoder(row["decoder"]),
        frames=int(row["frames"]),
        flags=tuple(map(str, _list(row.get("flags")))),
        fraction=float(row["fraction"]),
        reason=None if reason is None else Reason(reason),
        video=video,
        regions=tuple(_region_of(each) for each in _list(row.get("regions"))),
    )


def _reading_of(held: Mapping[str, Any]) -> Reading:
    time = held.get("time")
    return Reading(
        Hash.fromhex(held["algorithm"], held["hex"]),
        int(held["quality"]),
        Orientation(int(held["orientation"])),
        Alpha(held["alpha"]),
        int(held["frame"]),
        None if time is None else float(time),
        held.get("part") or "",
    )


def _region_of(held: Mapping[str, Any]) -> Region:
    at = [float(each) for each in held["outline"]]
    if len(at) != 2 * _OUTLINE:
        raise ValueError
    return Region(
        Tier(held["tier"]),
        tuple(zip(at[::2], at[1::2], strict=True)),
        int(held["quality"]),
        str(held["plan"]),
        bytes(held["codes"]),
        int(held["frame"]),
        bytes(held.get("places") or b""),
    )


def _list(held: object) -> Sequence[Any]:
    return [] if held is None else held  # type: ignore[return-value]
