"""Results and records as plain dictionaries: what `--json` prints, one object a line."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hashmatch.model import (
    Alignment,
    Alpha,
    Digests,
    Hash,
    Item,
    Match,
    MediaHashes,
    Reading,
    ScanResult,
    ScanSummary,
    Unreadable,
)
from hashmatch.model.alignment import TIMES_ESTIMATED
from hashmatch.model.orientation import Orientation
from hashmatch.reports import flags
from hashmatch.sightings.records import (
    CaseRecord,
    ItemRecord,
    ListRecord,
    RunRecord,
    SightingRecord,
    SourceRecord,
)

if TYPE_CHECKING:
    from hashmatch.coverage import ListCoverage
    from hashmatch.index.reading import KnownList


def to_json(value: object, *, every: bool = True) -> dict[str, Any]:
    """A result as a dictionary that JSON can hold: what `--json` prints of it.

    Args:
        value: a `ScanResult`, `Item`, `MediaHashes`, `Match`, `ScanSummary` or `Unreadable`.
        every: give every hash; otherwise only those of whole upright pictures as they are shown,
            and none of a video's frames.

    Raises:
        TypeError: the value is none of these.
    """
    if isinstance(value, Item):
        return of_result(ScanResult(value), every=every)
    if isinstance(value, ScanResult):
        return of_result(value, every=every)
    if isinstance(value, MediaHashes):
        return of_image(value, every=every)
    if isinstance(value, Match):
        return of_match(value)
    if isinstance(value, ScanSummary):
        return of_summary(value)
    if isinstance(value, Unreadable):
        return of_unreadable(value)
    msg = f"a result of hashmatch has a JSON form, not {type(value).__name__}"
    raise TypeError(msg)


def of_image(image: MediaHashes | None, *, every: bool = True) -> dict[str, Any]:
    """What was decoded of one picture or video, and its hashes.

    The keys are always the same; what does not apply, or was not read, is None.
    """
    video = image.video if image else None
    # A video as such has no hash: its frames have.
    hashed = image if image is not None and image.readings[0].time is None else None
    return {
        "format": image.format if image else None,
        "width": image.width if image else None,
        "height": image.height if image else None,
        "mode": image.mode if image else None,
        "decoder": image.decoder if image else None,
        "frames": image.frames if image else None,
        "flags": list(image.flags) if image else [],
        "fraction": round(image.fraction, 4) if image else None,
        "reason": image.reason.value if image and image.reason else None,
        "sampling": video.sampling if video else None,
        "duration": video.duration if video else None,
        "codec": video.codec if video else None,
        "damaged": video.damaged if video else None,
        "times_estimated": TIMES_ESTIMATED in image.flags if image and video else None,
        "hash": str(hashed.hash) if hashed else None,
        "quality": hashed.quality if hashed else None,
        "hashes": [
            of_reading(reading)
            for reading in (image.readings if image else ())
            if every or _is_canonical(reading)
        ],
    }


def _is_canonical(reading: Reading) -> bool:
    return (
        reading.time is None
        and reading.orientation is Orientation.UPRIGHT
        and reading.alpha is Alpha.COMPOSITED
    )


def of_reading(reading: Reading) -> dict[str, Any]:
    """One hash, and which reading it is of. The time is in seconds, None for a picture."""
    return {
        "algorithm": reading.hash.algorithm,
        "hash": reading.hash.hex,
        "quality": reading.quality,
        "orientation": reading.orientation.label,
        "alpha": reading.alpha.value,
        "frame": reading.frame,
        "time": None if reading.time is None else round(reading.time, 3),
        "part": reading.part,
    }


def of_unreadable(unreadable: Unreadable) -> dict[str, Any]:
    """Why there is no hash."""
    return {"reason": unreadable.reason.value, "detail": unreadable.detail}


def of_match(match: Match) -> dict[str, Any]:
    """One match with all that led to it."""
    return {
        "list_name": match.list_name,
        "entry_id": match.entry_id,
        "number": match.number,
        "list_sha256": match.list_sha256,
        "scheme": match.scheme,
        "category": match.category,
        "kind": match.kind.value,
        "band": match.band.value,
        "raised": match.raised,
        "known_good": match.known_good,
        "suppressed": match.suppressed,
        "algorithm": match.algorithm,
        "distance": match.distance,
        "threshold": match.threshold,
        "orientation": match.orientation.label,
        "inverted": match.inverted,
        "alpha": match.alpha.value,
        "frame": match.frame,
        "mode": match.mode,
        "part": match.part,
        "quality": match.quality,
        "entry_quality": match.entry_quality,
        "fraction": round(match.fraction, 4),
        "entry_hash": match.entry_hash or None,
        "entry_digests": of_digests(match.entry_digests),
        "details": dict(match.details),
        "segments": [_of_segment(segment) for segment in match.segments],
    }


def _of_segment(segment: Alignment) -> dict[str, Any]:
    """Times are seconds, to the millisecond."""
    return {
        "start": round(segment.start, 3),
        "end": round(segment.end, 3),
        "known_start": round(segment.known_start, 3),
        "known_end": round(segment.known_end, 3),
        "offset": round(segment.offset, 3),
        "speed": None if segment.speed is None else round(segment.speed, 4),
        "grade": segment.grade.value,
        "frames": segment.frames,
        "pictures": segment.pictures,
        "distance": round(segment.distance, 2),
        "coverage": round(segment.coverage, 4),
        "known_coverage": round(segment.known_coverage, 4),
        "orientation": segment.orientation.label,
        "part": segment.part,
        "times_estimated": segment.times_estimated,
    }


def of_known_list(known: "KnownList", coverage: "ListCoverage | None" = None) -> dict[str, Any]:
    """A hash list: where it came from, how it is treated, what is in it, what of it can match."""
    return {
        "list": known.name,
        "entries": len(known),
        "known_good_entries": known.known_good_entries,
        "policy": asdict(known.policy),
        "sources": [asdict(source) for source in known.sources],
        "counts": known.counts,
        **({"coverage": coverage.to_json()} if coverage else {}),
    }


def of_result(result: ScanResult, *, every: bool = False) -> dict[str, Any]:
    """One file: digests, what was decoded, hashes, and matches.

    `hash`, `match` and `scan` print it for every file.
    """
    item = result.item
    return {
        "record": "item",
        "path": item.locator,
        "value": None,
        "size": item.size,
        **of_digests(item.digests),
        **of_image(item.image, every=every),
        "container": item.container or None,
        "unreadable": of_unreadable(item.unreadable) if item.unreadable else None,
        "matches": [of_match(match) for match in result.matches],
    }


def of_value(
    text: str,
    digests: Digests,
    hashes: Sequence[Hash],
    matches: Sequence[Match],
    problem: str = "",
    *,
    unsearched: str = "",
) -> dict[str, Any]:
    """One value that was looked up, with the keys of a file.

    Args:
        text: as it was given.
        digests: that it may be.
        hashes: that it may be.
        matches: of any of them.
        problem: why it was not understood; empty if it was.
        unsearched: why it can meet nothing that is known; empty if it can.
    """
    unreadable = None
    if problem or unsearched:
        reason = "not-understood" if problem else "not-searchable"
        unreadable = {"reason": reason, "detail": problem or unsearched}
    return {
        "record": "value",
        "path": None,
        "value": text,
        "size": None,
        **of_digests(digests),
        **of_image(None),
        "hashes": [{"algorithm": each.algorithm, "hash": each.hex} for each in hashes],
        "container": None,
        "unreadable": unreadable,
        "matches": [of_match(match) for match in matches],
    }


def of_digests(digests: Digests) -> dict[str, Any]:
    """Every digest, None where it is unknown."""
    return {"md5": digests.md5, "sha1": digests.sha1, "sha256": digests.sha256}


def of_summary(summary: ScanSummary) -> dict[str, Any]:
    """What a scan saw, in numbers."""
    return {
        "record": "summary",
        **asdict(summary),
        "reasons": dict(summary.reasons),
        "in_part": dict(summary.in_part),
        "containers": dict(summary.containers),
        "faults": dict(summary.faults),
    }


def of_case(case: CaseRecord) -> dict[str, Any]:
    """A case with its runs, sources and lists."""
    return {
        "name": case.name,
        "runs": [_of_run(run) for run in case.runs],
        "sources": [_of_source(source) for source in case.sources],
        "lists": [_of_list(each) for each in case.lists],
        "audit_head": case.audit_head,
        "audit_rows": case.audit_rows,
        "scans_of_one_source": [{**asdict(each), "counted": each.counted} for each in case.earlier],
    }


def _of_run(run: RunRecord) -> dict[str, Any]:
    return {
        "id": run.id,
        "started": run.started,
        "ended": run.ended or None,
        "status": run.status,
        "tool": run.tool,
        "libraries": dict(run.libraries),
        "command": run.command,
        "host": run.host,
        "profile": dict(run.profile),
        "lists": [_of_list(each) for each in run.lists],
        "fingerprint": run.fingerprint,
        "resumed": run.resumed,
        "files_expected": run.expected,
        "files_on_record": run.position,
        "environment": {
            name: [dict(each) for each in told] for name, told in run.environment.items()
        },
    }


def _of_list(record: ListRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "sha256": list(record.sha256),
        "version": record.version,
        "entries": record.entries,
        "known_good": record.known_good,
        "known_good_entries": record.known_good_entries,
        "policy": dict(record.policy),
        "coverage": record.coverage.to_json() if record.coverage else None,
    }


def _of_source(source: SourceRecord) -> dict[str, Any]:
    return {
        "id": source.id,
        "label": source.label,
        "kind": source.kind,
        "path": source.path,
        "identity": dict(source.identity),
        "items": source.items,
        "hashed": source.hashed,
        "unreadable": source.unreadable,
        "skipped": source.skipped,
        "incomplete": source.incomplete,
        "known_good": source.known_good,
        "matched": source.matched,
        "matched_in_other_scans": source.matched_earlier,
        "videos": source.videos,
        "containers": dict(source.containers),
        "bytes": source.bytes,
        "internal_errors": dict(source.faults),
    }


def of_recorded(item: ItemRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    """An item on record; `exhibits` has the labels of sources by their id."""
    return {
        "item": item.id,
        "exhibit": exhibits.get(item.source, f"source {item.source}"),
        "path": item.locator,
        "size": item.size,
        **dict(item.digests.items()),
        "times": dict(item.times),
        "status": item.status,
        "reason": item.reason or None,
        "detail": item.detail or None,
        "hash": item.hash or None,
        "quality": item.quality,
        "format": item.format or None,
        "width": item.width,
        "height": item.height,
        "fraction": round(item.fraction, 4),
        "known_good": item.known_good,
        "frames": item.frames,
        "duration": None if item.duration is None else round(item.duration, 3),
        "codec": item.codec or None,
        "sampling": item.sampling or None,
        "damaged": item.damaged,
        "flags": list(item.flags),
        "other_name": flags.other_name(item) or None,
    }


def of_sighting(sighting: SightingRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    """A sighting on record, with its item and its match."""
    return {
        "sighting": sighting.id,
        "run": sighting.run,
        "at": sighting.at,
        "viewed_by_human": sighting.viewed_by_human,
        **({"viewings": [*map(asdict, sighting.viewings)]} if sighting.viewings else {}),
        "item": of_recorded(sighting.item, exhibits),
        "match": of_match(sighting.match),
    }
