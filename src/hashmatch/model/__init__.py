"""The values that everything speaks of."""

from hashmatch.model.alignment import Grade, Segment
from hashmatch.model.digests import Digests
from hashmatch.model.entry import Entry, KnownHash
from hashmatch.model.hash import Hash, bits_of
from hashmatch.model.image import Alpha, ImageHashes, Reading, Sampling, VideoHashes
from hashmatch.model.item import Item, Unreadable
from hashmatch.model.match import Band, Match, MatchKind
from hashmatch.model.plain import Json
from hashmatch.model.scan import ScanResult, ScanSummary

__all__ = [
    "Alpha",
    "Band",
    "Digests",
    "Entry",
    "Grade",
    "Hash",
    "ImageHashes",
    "Item",
    "Json",
    "KnownHash",
    "Match",
    "MatchKind",
    "Reading",
    "Sampling",
    "ScanResult",
    "ScanSummary",
    "Segment",
    "Unreadable",
    "VideoHashes",
    "bits_of",
]
