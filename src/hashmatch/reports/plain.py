"""Results and records as plain dictionaries: what `--json` prints, one object a line."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hashmatch.model import (
    ImageHashes,
    Match,
    Reading,
    ScanResult,
    Segment,
    Unreadable,
    VideoHashes,
)
from hashmatch.segments import TIMES_ESTIMATED
from hashmatch.sightings.records import (
    CaseRecord,
    ItemRecord,
    ListRecord,
    RunRecord,
    SightingRecord,
    SourceRecord,
)

if TYPE_CHECKING:
    from hashmatch.known.index import KnownList


def of_image(image: ImageHashes) -> dict[str, Any]:
    """Every hash of one picture or video, with what is known about its decoding."""
    return {
        "format": image.format,
        "width": image.width,
        "height": image.height,
        "mode": image.mode,
        "decoder": image.decoder,
        "frames": image.frames,
        "flags": list(image.flags),
        "fraction": round(image.fraction, 4),
        "reason": image.reason.value if image.reason else None,
        **(_of_video(image) if isinstance(image, VideoHashes) else {}),
        "hashes": [_of_reading(reading) for reading in image.readings],
    }


def _of_video(video: VideoHashes) -> dict[str, Any]:
    return {
        "sampling": video.sampling,
        "duration": video.duration,
        "codec": video.codec,
        "damaged": video.damaged,
        "times_estimated": TIMES_ESTIMATED in video.flags,
    }


def _of_reading(reading: Reading) -> dict[str, Any]:
    return {
        "algorithm": reading.hash.algorithm,
        "hash": reading.hash.hex,
        "quality": reading.quality,
        "orientation": reading.orientation.label,
        "alpha": reading.alpha.value,
        "frame": reading.frame,
        **({} if reading.time is None else {"time": round(reading.time, 3), "part": reading.part}),
    }


def of_unreadable(unreadable: Unreadable) -> dict[str, Any]:
    """Why there is no hash."""
    return {"reason": unreadable.reason.value, "detail": unreadable.detail}


def of_match(match: Match) -> dict[str, Any]:
    """One match with all that led to it."""
    return {
        "list": match.list,
        "entry": match.entry,
        "number": match.number,
        "source": match.source,
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
        "complement": match.complement,
        "alpha": match.alpha.value,
        "frame": match.frame,
        "mode": match.mode,
        "part": match.part,
        "quality": match.quality,
        "entry_quality": match.entry_quality,
        "fraction": round(match.fraction, 4),
        "segments": [_of_segment(segment) for segment in match.segments],
    }


def _of_segment(segment: Segment) -> dict[str, Any]:
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


def of_known_list(known: "KnownList") -> dict[str, Any]:
    """A hash list: where it came from, how it is treated, what is in it."""
    return {
        "list": known.name,
        "entries": len(known),
        "known_good_entries": known.known_good_entries,
        "policy": asdict(known.policy),
        "sources": [asdict(source) for source in known.sources],
        "counts": known.counts,
    }


def of_result(result: ScanResult) -> dict[str, Any]:
    """One item of a scan: digests, canonical hash and matches."""
    item, image = result.item, result.item.image
    # A video as such has no hash: its frames have.
    hashed = image if image is not None and image.readings[0].time is None else None
    return {
        "path": item.locator,
        "size": item.size,
        **dict(item.digests.items()),
        "hash": str(hashed.hash) if hashed else None,
        "quality": hashed.quality if hashed else None,
        "fraction": round(image.fraction, 4) if image else None,
        **(_of_video(image) if isinstance(image, VideoHashes) else {}),
        "unreadable": of_unreadable(item.unreadable) if item.unreadable else None,
        "matches": [of_match(match) for match in result.matches],
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
        "videos": source.videos,
        "containers": dict(source.containers),
        "bytes": source.bytes,
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
    }


def of_sighting(sighting: SightingRecord, exhibits: Mapping[int, str]) -> dict[str, Any]:
    """A sighting on record, with its item and its match."""
    return {
        "sighting": sighting.id,
        "run": sighting.run,
        "at": sighting.at,
        "viewed_by_human": sighting.viewed_by_human,
        "item": of_recorded(sighting.item, exhibits),
        "match": of_match(sighting.match),
    }
