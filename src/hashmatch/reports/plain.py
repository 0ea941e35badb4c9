"""Results as plain dictionaries: what `--json` prints, one object a line."""

from dataclasses import asdict
from typing import Any

from hashmatch.known.index import KnownList
from hashmatch.model import ImageHashes, Match, Reading, ScanResult, Unreadable


def of_image(image: ImageHashes) -> dict[str, Any]:
    """Every hash of one picture, with what is known about its decoding."""
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
        "hashes": [_of_reading(reading) for reading in image.readings],
    }


def _of_reading(reading: Reading) -> dict[str, Any]:
    return {
        "algorithm": reading.hash.algorithm,
        "hash": reading.hash.hex,
        "quality": reading.quality,
        "orientation": reading.orientation.label,
        "alpha": reading.alpha.value,
        "frame": reading.frame,
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
    }


def of_known_list(known: KnownList) -> dict[str, Any]:
    """A hash list: where it came from, how it is treated, what is in it."""
    return {
        "list": known.name,
        "entries": len(known),
        "policy": asdict(known.policy),
        "sources": [asdict(source) for source in known.sources],
        "counts": known.counts,
    }


def of_result(result: ScanResult) -> dict[str, Any]:
    """One item of a scan: digests, canonical hash and matches."""
    item, image = result.item, result.item.image
    return {
        "path": item.locator,
        "size": item.size,
        **dict(item.digests.items()),
        "hash": str(image.hash) if image else None,
        "quality": image.quality if image else None,
        "fraction": round(image.fraction, 4) if image else None,
        "unreadable": of_unreadable(item.unreadable) if item.unreadable else None,
        "matches": [of_match(match) for match in result.matches],
    }
