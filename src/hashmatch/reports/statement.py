"""What every report says of itself, in the same words."""

from collections.abc import Mapping

from hashmatch import containers, faults
from hashmatch.coverage import unsearched_in_words
from hashmatch.reports.base import Writing
from hashmatch.sightings.records import CaseRecord

HASHES_ONLY = (
    "Every finding in this report is a comparison of hashes by a program. "
    "The program showed no file to anybody, and this report contains no picture."
)
NOT_VIEWED = "No person is on record as having viewed any of the files reported here."
VIEWED = "A person is on record as having viewed {count:,} of the sightings reported here."
CATEGORIES = (
    "Categories are those of the publisher of the list, in the publisher's own words. "
    "They were neither checked nor translated."
)
LEGALITY = (
    "A match is a reason to look further. Nothing in this report judges whether a file is unlawful."
)
KINDS = (
    "An exact match means that the bytes of the file are those of a file on the list, by a "
    "cryptographic digest. A perceptual match means that the picture looks much like one on the "
    "list: its hash differs in no more bits than the threshold allows. A video match means that "
    "frames of the file look much like frames of one on the list, in the order of time; its "
    "segments say when. Times that are marked as estimated were counted from a frame rate, or "
    "follow a clock that was set: they may be wrong. Perceptual and video matches can be wrong."
)
UTC_ONLY = "All times are UTC. Those of files are what their file system said."
REDACTED = (
    "Names of folders and files are withheld. Each folder has a number, the same wherever it "
    "appears in this report; each file is named by its number in the database, with its extension."
)


def statements(writing: Writing, *, viewed: int) -> list[str]:
    """The sentences, in the order in which they matter."""
    seen = VIEWED.format(count=viewed) if viewed else NOT_VIEWED
    redacted = [REDACTED] if writing.redacted else []
    return [HASHES_ONLY, seen, LEGALITY, CATEGORIES, KINDS, UTC_ONLY, *redacted]


def warnings(case: CaseRecord) -> list[str]:
    """What a reader must know because the record is not whole."""
    latest = {run.fingerprint: run for run in case.runs}
    return [
        *(
            f"Run {run.id} is {run.status}: its evidence may not have been read to the end."
            for run in latest.values()
            if run.status != "done"
        ),
        *(
            f"The items of {source.label} do not add up: the record is damaged."
            for source in case.sources
            if source.items != source.hashed + source.unreadable + source.skipped
        ),
        *(
            f"INTERNAL ERROR: of {source.label}, {_files(source.faults)} not read "
            f"because of a fault in hashmatch, not of the files: {faults.in_words(source.faults)}."
            for source in case.sources
            if source.faults
        ),
        *(() if case.runs else ("No scan of this case is on record.",)),
        *(
            f"List {each.name}: {words}."
            for each in case.lists
            if each.coverage
            for words in dict.fromkeys(unsearched_in_words(each.coverage))
        ),
        *(
            f"{containers.in_words(source.containers)} ({source.label}). What they hold was not "
            "searched."
            for source in case.sources
            if source.containers
        ),
    ]


def _files(faults_of_source: Mapping[str, int]) -> str:
    return faults.counted(sum(faults_of_source.values()))
