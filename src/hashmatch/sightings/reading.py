"""Rows made into values again."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from hashmatch.containers import named_first
from hashmatch.errors import Reason
from hashmatch.model import (
    Alignment,
    Alpha,
    Decoder,
    Digests,
    Hash,
    ItemStatus,
    Match,
    MatchKind,
    MediaHashes,
    Mode,
    Reading,
    RunStatus,
    Sampling,
    ScanSummary,
    VideoFacts,
)
from hashmatch.model.flags import Flag
from hashmatch.model.orientation import Orientation
from hashmatch.sightings import places, regions, rematched
from hashmatch.sightings.columns import ALIGNMENT, MATCH, loaded, names
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.environment import of_run
from hashmatch.sightings.records import (
    ItemRecord,
    RunRecord,
    SightingRecord,
    Viewing,
)
from hashmatch.sightings.run_lists import used
from hashmatch.sightings.store import Row, Store

_ITEM: Final = {
    "id": "items.id",
    "source": "scans.source_id",
    "locator": "items.locator",
    "size": "items.size",
    "md5": "contents.md5",
    "sha1": "contents.sha1",
    "sha256": "contents.sha256",
    "times": "(SELECT json_group_object(kind, at) FROM times WHERE item_id = items.id)",
    "status": "items.status",
    "reason": "items.reason",
    "detail": "items.detail",
    "algorithm": "coalesce(readings.algorithm, frames.algorithm)",
    "hash": "coalesce(readings.hash, frames.hash)",
    "quality": "coalesce(readings.quality, frames.quality)",
    "width": "coalesce(pictures.width, 0)",
    "height": "coalesce(pictures.height, 0)",
    "format": "coalesce(pictures.format, '')",
    "fraction": "coalesce(pictures.fraction, 1.0)",
    "known_good": rematched.harmless(),
    "duration": "videos.duration",
    "codec": "coalesce(videos.codec, '')",
    "sampling": "coalesce(videos.sampling, '')",
    "frames": "coalesce(pictures.frames, 0)",
    "damaged": "coalesce(videos.damaged, 0)",
    "flags": "coalesce(pictures.flags, '[]')",
    "above": f"({places.ABOVE})",
    "original_name": "coalesce(original_names.name, '')",
    **{name: f"places.{name}" for name in places.COLUMNS},
}
_SIGHTING: Final = ("id", "run_id", "at")
_VIEWINGS: Final = """
    (SELECT json_group_array(json_array(at, viewer, reason)) FROM (
        SELECT at, viewer, reason FROM viewings WHERE sighting_id = sightings.id ORDER BY id
    ))
"""
_RUN: Final = (
    *("id", "started", "ended", "status", "tool", "libraries", "command", "host", "profile"),
    *("fingerprint", "resumed", "scan_id", "expected", "source_id"),
)

ITEM: Final = ", ".join(_ITEM.values())
"""The columns that `item_record` takes."""

SIGHTING: Final = ", ".join(
    (
        *("coalesce(sighted.hash, '')", "entries.md5", "entries.sha1", "entries.sha256"),
        "coalesce(entries.details, '{}')",
        *(_VIEWINGS, rematched.REMATCH, regions.MATCHED),
        "EXISTS (SELECT 1 FROM segments WHERE sighting_id = sightings.id)",
        *(f"sightings.{name}" for name in (*_SIGHTING, *names(MATCH))),
    )
)
"""The columns that `sighting_record` takes, behind those of the item."""

_OF_MATCH: Final = len(_ITEM) + 12
"""Where those of the match begin."""
_OF_BYTES: Final = (MatchKind.EXACT, MatchKind.COLLISION)

SIGHTING_TABLES: Final = """
    LEFT JOIN sighted ON sighted.sighting_id = sightings.id
    LEFT JOIN entries ON entries.id = sighted.entry_id
"""
"""The tables they are in, besides that of the sightings."""

ITEM_TABLES: Final = """
    JOIN scans ON scans.id = items.scan_id
    LEFT JOIN contents ON contents.id = items.content_id
    LEFT JOIN pictures ON pictures.id = items.picture_id
    LEFT JOIN readings ON readings.picture_id = items.picture_id AND readings.position = 0
    LEFT JOIN videos ON videos.picture_id = items.picture_id
    LEFT JOIN frames ON frames.video_id = videos.id AND frames.position = 0 AND frames.time IS NULL
    LEFT JOIN places ON places.item_id = items.id
    LEFT JOIN original_names ON original_names.item_id = items.id
"""
"""The tables they are in, besides that of the items."""


def item_record(row: Row) -> ItemRecord:
    """An item, of the columns `ITEM`."""
    number, source, told, size, md5, sha1, sha256, times, status, reason, detail, *rest = row
    algorithm, value, quality, width, height, form, fraction, known_good, *rest = rest
    duration, codec, sampling, frames, damaged, flags, above, name, *of_place = rest
    locator = from_text(told)
    return ItemRecord(
        id=number,
        source=source,
        locator=locator,
        size=size,
        digests=Digests(md5=_hex(md5), sha1=_hex(sha1), sha256=_hex(sha256)),
        times={from_text(kind): from_text(at) for kind, at in json.loads(times).items()},
        status=ItemStatus(status),
        reason=reason,
        detail=from_text(detail),
        hash="" if value is None else str(Hash(algorithm, value)),
        quality=quality,
        width=width,
        height=height,
        format=form,
        fraction=fraction,
        known_good=bool(known_good),
        duration=duration,
        codec=codec,
        sampling=Sampling(sampling) if sampling else None,
        frames=frames,
        damaged=damaged,
        flags=tuple(json.loads(flags)) if flags != "[]" else (),
        place=places.loaded(locator, of_place),
        original_name=from_text(name),
        **(places.above(above) if above is not None else {}),
    )


def sighting_record(store: Store, row: Row) -> SightingRecord:
    """A sighting, of the columns `ITEM` and `SIGHTING`."""
    entry_hash, md5, sha1, sha256, details, viewed, rematch, part = row[len(_ITEM) : _OF_MATCH - 4]
    in_time, number, run, at = row[_OF_MATCH - 4 : _OF_MATCH]
    item = item_record(row[: len(_ITEM)])
    values = loaded(MATCH, row[_OF_MATCH:])
    if values["kind"] not in _OF_BYTES:
        # Whole or not, equal bytes are equal.
        values["fraction"] = item.fraction
    if in_time:
        values["segments"] = _segments(store, number, item)
    if part != "[]":
        values.update(regions.matched(part))
    return SightingRecord(
        id=number,
        item=item,
        match=Match(
            **values,
            entry_hash=from_text(entry_hash),
            entry_digests=Digests(md5=_hex(md5), sha1=_hex(sha1), sha256=_hex(sha256)),
            details=json.loads(details) if details != "{}" else {},
        ),
        run=run,
        at=at,
        viewings=() if viewed == "[]" else _viewings(viewed),
        rematch=rematch,
    )


def _viewings(viewed: str) -> tuple[Viewing, ...]:
    return tuple(
        Viewing(when, from_text(by), from_text(why)) for when, by, why in json.loads(viewed)
    )


def _segments(store: Store, sighting: int, item: ItemRecord) -> tuple[Alignment, ...]:
    estimated = item.is_video and Flag.TIMES_ESTIMATED in item.flags
    rows = store.execute(
        f"SELECT {', '.join(names(ALIGNMENT))} "  # noqa: S608 (our names)
        "FROM segments WHERE sighting_id = ? ORDER BY position",
        (sighting,),
    )
    return tuple(Alignment(**loaded(ALIGNMENT, row), times_estimated=estimated) for row in rows)


def media_of(store: Store, picture: int) -> MediaHashes:
    """All hashes of a picture or video on record, as they were computed."""
    (facts,) = store.execute(
        "SELECT mode, width, height, format, decoder, frames, flags, fraction, reason "
        "FROM pictures WHERE id = ?",
        (picture,),
    )
    mode, width, height, form, decoder, frames, flags, fraction, reason = facts
    decoded: dict[str, Any] = {
        "mode": Mode(mode),
        "width": width,
        "height": height,
        "format": form,
        "decoder": Decoder(decoder),
        "frames": frames,
        "flags": tuple(json.loads(flags)),
        "fraction": fraction,
        "reason": Reason(reason) if reason else None,
        "regions": regions.of_picture(store, picture),
    }
    video = store.execute(
        "SELECT id, sampling, duration, codec, damaged FROM videos WHERE picture_id = ?", (picture,)
    )
    if not video:
        rows = store.execute(
            f"SELECT {_READING}, NULL, '' FROM readings WHERE picture_id = ? ORDER BY position",  # noqa: S608 (our names)
            (picture,),
        )
        return MediaHashes(tuple(map(_reading, rows)), **decoded)
    number, sampling, duration, codec, damaged = video[0]
    rows = store.execute(
        f"SELECT {_READING}, time, part FROM frames WHERE video_id = ? ORDER BY position",  # noqa: S608 (our names)
        (number,),
    )
    return MediaHashes(
        tuple(map(_reading, rows)),
        **decoded,
        video=VideoFacts(Sampling(sampling), duration, codec=codec, damaged=damaged),
    )


_READING: Final = "algorithm, hash, quality, orientation, alpha_dropped, frame"


def _reading(row: Row) -> Reading:
    algorithm, value, quality, orientation, dropped, frame, time, part = row
    return Reading(
        Hash(algorithm, value),
        quality,
        Orientation(orientation),
        Alpha.DROPPED if dropped else Alpha.COMPOSITED,
        frame,
        time,
        from_text(part),
    )


def summary(store: Store, scans: Sequence[int]) -> ScanSummary:
    """What these scans saw, together."""
    chosen = ",".join(map(str, scans))
    sql = f"""
        SELECT status, reason, count(*), sum(raised > 0), sum(raised),
            sum(known_good AND raised = 0),
            sum(coalesce(size, 0) >> 32), sum(coalesce(size, 0) & 0xFFFFFFFF)
        FROM items WHERE scan_id IN ({chosen}) GROUP BY status, reason ORDER BY reason
    """  # noqa: S608 (numbers)
    rows = store.execute(sql)
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    in_part: Counter[str] = Counter()
    faulty = False
    # Sizes that file systems claim may add up to more than SQLite's own numbers hold.
    for status, reason, items, matched, matches, known_good, high, low in rows:
        faulty |= reason == Reason.INTERNAL_ERROR
        counts.update(
            {status: items, "items": items, "matched": matched, "matches": matches},
            known_good=known_good,
            bytes=(high << 32) + low,
        )
        if status == ItemStatus.HASHED and reason:
            counts["incomplete"] += items
            in_part[reason] += items
        elif status != ItemStatus.HASHED:
            reasons[reason] += items
    _leave_out_members(store, chosen, counts)
    rematched.add_to(store, chosen, counts)
    counts["videos"] = sum(videos(store, scan) for scan in scans)
    return ScanSummary(
        **counts,
        reasons=dict(reasons),
        in_part=dict(in_part),
        containers=containers(store, scans),
        faults=_faults(store, chosen) if faulty else {},
    )


def _leave_out_members(store: Store, chosen: str, counts: Counter[str]) -> None:
    """Count what lies in other items, whose bytes are theirs."""
    sql = f"""
        SELECT count(*), coalesce(sum(coalesce(size, 0) >> 32), 0),
            coalesce(sum(coalesce(size, 0) & 0xFFFFFFFF), 0)
        FROM places JOIN items ON items.id = places.item_id
        WHERE places.scan_id IN ({chosen}) AND places.inside
    """  # noqa: S608 (numbers)
    ((members, high, low),) = store.execute(sql)
    counts.update(members=members)
    counts["bytes"] -= (high << 32) + low


def containers(store: Store, scans: Sequence[int]) -> dict[str, int]:
    """How many containers these scans did not open, per kind: what `Item.container` says of each.

    A picture or film says nothing else of itself but a fault of hashmatch.
    """
    chosen = ",".join(map(str, scans))
    sql = f"""
        SELECT status = 'hashed' AND reason != ?, detail, count(*) FROM items
        WHERE scan_id IN ({chosen}) AND detail != '' AND (status = 'hashed' OR reason != ?)
        GROUP BY 1, 2 ORDER BY 2
    """  # noqa: S608 (numbers)
    found: Counter[str] = Counter()
    for named, detail, count in store.execute(sql, (Reason.INTERNAL_ERROR, Reason.OPENED)):
        text = from_text(detail)
        found[text if named else named_first(text)] += count
    del found[""]
    return dict(sorted(found.items()))


def _faults(store: Store, chosen: str) -> dict[str, int]:
    """How many items of these scans were not read, or only in part, for each fault of hashmatch."""
    sql = f"""
        SELECT detail, count(*) FROM items
        WHERE scan_id IN ({chosen}) AND reason = ?
        GROUP BY detail ORDER BY detail
    """  # noqa: S608 (numbers)
    rows = store.execute(sql, (Reason.INTERNAL_ERROR.value,))
    return {from_text(detail): count for detail, count in rows}


def videos(store: Store, scan: int) -> int:
    """How many items of a scan are videos with hashes."""
    found = store.one(
        "SELECT count(*) FROM items JOIN videos ON videos.picture_id = items.picture_id "
        "WHERE items.scan_id = ?",
        (scan,),
    )
    return int(found)


def runs(store: Store, case: int) -> Iterator[RunRecord]:
    """The runs of a case, in their order."""
    rows = store.execute(
        f"SELECT runs.{', '.join(_RUN)} FROM runs "  # noqa: S608 (our names)
        "JOIN scans ON scans.id = scan_id JOIN sources ON sources.id = source_id "
        "WHERE case_id = ? ORDER BY runs.id",
        (case,),
    )
    recorded = _recorded(store, case)
    positions: Counter[int] = Counter()
    for row in rows:
        values = dict(zip(_RUN, row, strict=True))
        scan, source = values.pop("scan_id"), values.pop("source_id")
        positions[scan] += recorded.get(values["id"], 0)
        yield RunRecord(
            **{
                **values,
                "status": RunStatus(values["status"]),
                "libraries": json.loads(values["libraries"]),
                "command": from_text(values["command"]),
                "host": from_text(values["host"]),
                "profile": json.loads(values["profile"]),
            },
            lists=tuple(used(store, values["id"])),
            environment=of_run(store, values["id"]),
            source=source,
            scan=scan,
            position=positions[scan],
        )


def _recorded(store: Store, case: int) -> dict[int, int]:
    """How many items that its source gave each run of a case recorded."""
    rows: list[tuple[int, int]] = store.execute(
        "SELECT run_id, sum(places.inside IS NOT 1) FROM items "
        "JOIN scans ON scans.id = items.scan_id JOIN sources ON sources.id = source_id "
        "LEFT JOIN places ON places.item_id = items.id WHERE case_id = ? GROUP BY run_id",
        (case,),
    )
    return dict(rows)


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()
