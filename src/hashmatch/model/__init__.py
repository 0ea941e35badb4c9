"""The values that everything speaks of."""

from hashmatch.model.alignment import Alignment, Grade
from hashmatch.model.changes import Change
from hashmatch.model.digests import Digests
from hashmatch.model.entry import QUALITY_UNKNOWN, Entry, KnownHash
from hashmatch.model.flags import Flag
from hashmatch.model.hash import Hash, bits_of
from hashmatch.model.item import Item, Unreadable
from hashmatch.model.layout import Layout
from hashmatch.model.locator import Locator
from hashmatch.model.match import Band, Match, MatchKind, Similarity
from hashmatch.model.media import (
    Alpha,
    Decoder,
    FileKind,
    MediaHashes,
    Mode,
    Reading,
    Sampling,
    VideoFacts,
)
from hashmatch.model.place import (
    AllocationState,
    Place,
    PlaceConfidence,
    UnreadRange,
    VolumeFacts,
    VolumeStatus,
)
from hashmatch.model.plain import Json
from hashmatch.model.region import Region, Tier
from hashmatch.model.scan import ItemStatus, RunStatus, ScanResult, ScanSummary

__all__ = [
    "QUALITY_UNKNOWN",
    "Alignment",
    "AllocationState",
    "Alpha",
    "Band",
    "Change",
    "Decoder",
    "Digests",
    "Entry",
    "FileKind",
    "Flag",
    "Grade",
    "Hash",
    "Item",
    "ItemStatus",
    "Json",
    "KnownHash",
    "Layout",
    "Locator",
    "Match",
    "MatchKind",
    "MediaHashes",
    "Mode",
    "Place",
    "PlaceConfidence",
    "Reading",
    "Region",
    "RunStatus",
    "Sampling",
    "ScanResult",
    "ScanSummary",
    "Similarity",
    "Tier",
    "UnreadRange",
    "Unreadable",
    "VideoFacts",
    "VolumeFacts",
    "VolumeStatus",
    "bits_of",
]
