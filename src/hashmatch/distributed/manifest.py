"""The manifest of a job: what it reads, what with, and what says that it is the same job."""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Final
from uuid import uuid4

from hashmatch.distributed import known, sourcing
from hashmatch.distributed.match_batch import MatchBatch
from hashmatch.distributed.places import Place
from hashmatch.distributed.sourcing import LISTING, MANIFEST, Source
from hashmatch.errors import OutputError
from hashmatch.index.pin import Pin

FORMAT: Final = "hashmatch-batch"
VERSION: Final = 1
SUMMARY: Final = "summary.json"

_LIBRARIES: Final = ("numpy", "pillow", "simplejpeg", "av", "faiss-cpu", "pyarrow", "fsspec")
_OURS: Final = frozenset({MANIFEST, SUMMARY, LISTING})


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a job is.

    Attributes:
        held: the whole of it, as JSON.
    """

    held: Mapping[str, Any]

    @property
    def job(self) -> str:
        """The id of the job, which stands in each of its parts."""
        return str(self.held["job"])

    @property
    def pins(self) -> dict[str, Pin]:
        """The generations that it is matched with, by the folder of the index."""
        told = (self.held["known"] or {}).get("generations", ())
        return {each["folder"]: Pin(**each) for each in told}


def begun(source: Source, match: MatchBatch, rows: int) -> Manifest:
    """The manifest of a job that begins."""
    return Manifest(
        {
            "format": FORMAT,
            "version": VERSION,
            "job": uuid4().hex,
            "tool": metadata.version("hashmatch"),
            "libraries": {
                "python": platform.python_version(),
                **{name: found for name in _LIBRARIES if (found := _version(name))},
            },
            "rows": source.rows,
            "rows_per_part": rows,
            "source": sourcing.plain(source),
            "known": known_of(match),
            "hashing": match.hashing,
        }
    )


def known_of(match: MatchBatch) -> dict[str, Any] | None:
    """What is matched with; None where nothing is."""
    if match.matcher is None:
        return None
    pins = [Pin.of(each) for each in match.matcher.files if each.path.suffix == ".json"]
    return {
        "fingerprint": known.fingerprint_of(match.matcher),
        "generations": [
            {"folder": each.folder, "number": each.number, "sha256": each.sha256} for each in pins
        ],
        "handling": known.handling_of(match.matcher),
        **known.facts_of(match.matcher),
    }


def found_in(place: Place) -> Manifest | None:
    """The manifest of the job that a place holds; None where there is none yet.

    Raises:
        OutputError: the place holds something else, or a manifest of a newer version.
    """
    data = place.read(MANIFEST)
    if data is None:
        names = sorted(place.names() - _OURS)
        if names:
            more = f" and {len(names) - 1:,} more" if len(names) > 1 else ""
            msg = (
                f"{place.root} holds {names[0]!r}{more} and no job of hashmatch: nothing was "
                "written. Name a new folder for the job"
            )
            raise OutputError(msg)
        return None
    ours = newer = False
    held: dict[str, Any] = {}
    try:
        held = json.loads(data)
        newer = held["format"] == FORMAT and held["version"] > VERSION
        ours = newer or _is_whole(Manifest(held))
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    if not ours or newer:
        what = "was written by a newer hashmatch" if newer else "is damaged, or not of hashmatch"
        msg = f"{place.root}/{MANIFEST} {what}: name a new folder for the job"
        raise OutputError(msg)
    return Manifest(held)


def _is_whole(manifest: Manifest) -> bool:
    """Whether it says all that a job that is gone on with is asked.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: it does not.
    """
    held = manifest.held
    sourcing.told(held["source"])
    if held["known"] is not None:
        _ = manifest.pins, held["known"]["fingerprint"], _brief(held["known"]["lists"])
        _ = _brief(held["known"]["profile"]), _brief(held["known"]["tiers"])
    _ = held["hashing"]
    return held["format"] == FORMAT and isinstance(held["job"], str)


def check_same(manifest: Manifest, given: str, match: MatchBatch, place: Place) -> None:
    """Nothing, if what was asked for is this very job.

    Raises:
        OutputError: source, lists, profile or what is hashed are others.
    """
    held = manifest.held
    before, now = held["known"], known_of(match)
    differs = []
    if held["source"]["given"] != sourcing.named(given):
        differs.append(f"source: {held['source']['given']} → {sourcing.named(given)}")
    if (before is None) != (now is None):
        differs.append("one matches, the other only hashes")
    elif before is not None and now is not None and before["fingerprint"] != now["fingerprint"]:
        differs += [
            f"{what}: {_brief(before[what])} → {_brief(now[what])}"
            for what in ("lists", "profile", "tiers")
            if _compared(before[what]) != _compared(now[what])
        ]
    if not differs and held["hashing"] != match.hashing:
        differs.append(f"what is hashed: {held['hashing']} → {match.hashing}")
    if differs:
        msg = (
            f"{place.root} holds another job, and nothing was written: {'; '.join(differs)}. "
            "Name a new folder, or give what that job was begun with"
        )
        raise OutputError(msg)


def _compared(told: Any) -> Any:  # noqa: ANN401 (JSON)
    return json.loads(json.dumps(told, sort_keys=True))


def _brief(told: Any) -> str:  # noqa: ANN401
    """What is told in a few words: lists with the beginnings of the SHA-256 of their files."""
    if isinstance(told, list):
        return ", ".join(each if isinstance(each, str) else _list_in_short(each) for each in told)
    return str(told.get("name", ""))


def _list_in_short(told: Mapping[str, Any]) -> str:
    files = " ".join(each["sha256"][:8] for each in told["sources"])
    return f"{told['name']} ({files})"


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
