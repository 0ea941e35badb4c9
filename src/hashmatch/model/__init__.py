"""The values that everything speaks of."""

from hashmatch.model.alignment import Alignment, Grade
from hashmatch.model.digests import Digests
from hashmatch.model.entry import QUALITY_UNKNOWN, Entry, KnownHash
from hashmatch.model.hash import Hash, bits_of
from hashmatch.model.item import Item, Unreadable
from hashmatch.model.match import Band, Match, MatchKind
from hashmatch.model.media import Alpha, Decoder, MediaHashes, Mode, Reading, Sampling, VideoFacts
from hashmatch.model.plain import Json
from hashmatch.model.scan import ItemStatus, RunStatus, ScanResult, ScanSummary

__all__ = [
    "QUALITY_UNKNOWN",
    "Alignment",
    "Alpha",
    "Band",
    "Decoder",
    "Digests",
    "Entry",
    "Grade",
    "Hash",
    "Item",
    "ItemStatus",
    "Json",
    "KnownHash",
    "Match",
    "MatchKind",
    "MediaHashes",
    "Mode",
    "Reading",
    "RunStatus",
    "Sampling",
    "ScanResult",
    "ScanSummary",
    "Unreadable",
    "VideoFacts",
    "bits_of",
]
