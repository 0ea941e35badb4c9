"""What every report says of itself, in the same words."""

from collections.abc import Mapping, Sequence

from hashmatch import containers, faults
from hashmatch.coverage import unsearched_in_words
from hashmatch.model import RunStatus
from hashmatch.reports.base import Writing
from hashmatch.reports.conditions import notices
from hashmatch.reports.media import unread_in_words
from hashmatch.sightings.erasures import in_words
from hashmatch.sightings.records import CaseRecord, EarlierRecord, RunRecord
from hashmatch.sightings.verdict import Problem, Verdict
from hashmatch.wording import number_of

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
NUMBERS = (
    "Numbers are those of the database, and the same in every report on this case. Findings are "
    "not in their order, as they are sorted by category and nearness. A number that is missing "
    "belongs to another case, or to an earlier scan whose sightings gave way to those of a later "
    "one."
)
UTC_ONLY = (
    "All times are UTC. Those of files are what their file system said; those called original-… "
    "are what the manifest of a backup says of the telephone."
)
REDACTED = (
    "Names of folders and files are withheld. Each folder has a number, the same wherever it "
    "appears in this report; each file is named by its number in the database, with its extension."
)


def statements(writing: Writing, *, viewed: int) -> list[str]:
    """The sentences, in the order in which they matter."""
    seen = VIEWED.format(count=viewed) if viewed else NOT_VIEWED
    redacted = [REDACTED] if writing.redacted else []
    return [HASHES_ONLY, seen, LEGALITY, CATEGORIES, KINDS, UTC_ONLY, *redacted]


def warnings(case: CaseRecord, verdict: Verdict | None = None) -> list[str]:
    """What a reader must know because the record is not whole."""
    latest = {(run.source, run.fingerprint): run for run in case.runs}
    labels = {source.id: source.label for source in case.sources}
    failed = verdict is not None and not verdict.passed
    return [
        *([f"Verification of the record {verified(verdict)}."] if failed else []),
        *(
            f"Record: {problem_in_words(each)}."
            for each in (verdict.remarks if verdict is not None else ())
        ),
        *(f"{in_words(each)}." for each in case.erasures),
        *(f"Run {run.id}: {words}." for run in case.runs for words in notices(run)),
        *(
            how_far(run, labels.get(run.source, "the exhibit"))
            for run in latest.values()
            if run.status is not RunStatus.DONE
        ),
        *_of_sources(case),
        *(
            f"{_sightings(each.counted)} of {labels.get(each.source, 'an exhibit')} by list "
            f"{each.list_name} from an earlier scan ({_runs(each.runs)}) still count: no later "
            "scan read these files as they were then and searched the list as widely."
            for each in case.earlier
            if each.counted and not each.current
        ),
        *earlier_files(case),
        *(() if case.runs else ("No scan of this case is on record.",)),
        *(
            f"List {each.name}: {words}."
            for each in case.lists
            if each.coverage
            for words in dict.fromkeys(unsearched_in_words(each.coverage))
        ),
    ]


def _of_sources(case: CaseRecord) -> list[str]:
    """What was not read of the exhibits, or does not add up."""
    return [
        *(
            f"{source.label} held no file: it may not have been mounted."
            for source in case.sources
            if not (source.items or case.erasures)
            and all(run.status is RunStatus.DONE for run in case.runs)
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
        *(
            f"{containers.in_words(source.containers)} ({source.label}). What they hold was not "
            "searched."
            for source in case.sources
            if source.containers
        ),
        *(words for source in case.sources for words in unread_in_words(source)),
    ]


def _sightings(count: int) -> str:
    return f"{count:,} sighting" if count == 1 else f"{count:,} sightings"


def earlier_files(case: CaseRecord) -> list[str]:
    """Exhibits whose figures are those of one scan although matches of other scans count too."""
    told = []
    for source in case.sources:
        if not source.matched_earlier:
            continue
        of_source = [run for run in case.runs if run.source == source.id]
        done = [run for run in of_source if run.status is RunStatus.DONE]
        shown = max(run.scan for run in done or of_source)
        runs = [run.id for run in of_source if run.scan == shown]
        more = source.matched_earlier
        told.append(
            f"The numbers of files of {source.label} are those of one scan ({_runs(runs)}), with "
            f"{source.matched:,} that matched. {more:,} more {'file' if more == 1 else 'files'} "
            "matched in other scans of it, and those matches count too: the findings hold both. If "
            "another exhibit was scanned under this label, give it its own label (--exhibit)."
        )
    return told


def verified(verdict: Verdict | None) -> str:
    """Whether the record was as it was recorded when the report was written, in one sentence."""
    if verdict is None:
        return "not checked when this report was written"
    if verdict.passed:
        return (
            "passed when this report was written: every row on record is as it was recorded, "
            f"by {verdict.rows:,} audit rows with the head {verdict.head}"
        )
    count = len(verdict.problems)
    problems = "1 problem" if count == 1 else f"{count:,} problems"
    return (
        f"FAILED when this report was written: {problems} in the record. Do not rely on this "
        f"report. The first: {problem_in_words(verdict.problems[0])}"
    )


def problem_in_words(problem: Problem) -> str:
    """What is not as it was recorded, and where."""
    where = f"{problem.table} {problem.row}: " if problem.row is not None else ""
    told = f" (audit row {problem.seq})" if problem.seq is not None else ""
    return f"{where}{problem.what}{told}"


def numbering(case: CaseRecord) -> list[str]:
    """Why numbers are what they are."""
    scans: dict[int, dict[int, int]] = {}
    for run in case.runs:
        scans.setdefault(run.source, {})[run.scan] = run.id
    labels = {source.id: source.label for source in case.sources}
    return [
        NUMBERS,
        *(
            f"{source.label} was scanned {len(runs)} times (the scans ended with the runs "
            f"{', '.join(map(str, runs.values()))}). Where a later scan read the same bytes at the "
            "same place and searched the same list at least as widely, its sightings count instead "
            "of the earlier ones; no sighting counts twice. The numbers of all stay on record."
            for source in case.sources
            if len(runs := scans.get(source.id, {})) > 1
        ),
        *(scan_in_words(each, labels[each.source]) for each in case.earlier),
    ]


def scan_in_words(scan: EarlierRecord, label: str) -> str:
    """How many sightings of one scan of several count, and why not the others.

    Args:
        scan: with its figures for one list.
        label: of the exhibit.
    """
    parts = [f"{scan.counted:,} count"]
    if scan.superseded:
        parts.append(f"{scan.superseded:,} superseded by the scan of {_runs(scan.by)}")
    if scan.repeated:
        parts.append(f"{scan.repeated:,} repeat sightings of an earlier scan that count")
    return (
        f"{label}, scan of {_runs(scan.runs)}, list {scan.list_name}: "
        f"{scan.sightings:,} on record; {', '.join(parts)}."
    )


def _runs(numbers: Sequence[int]) -> str:
    return f"run{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def how_far(run: RunRecord, exhibit: str) -> str:
    """How a run ended that did not come to its end, and what of the exhibit was not searched."""
    ended = _ENDED.get(run.status, f"is on record as “{run.status}”")
    if run.expected is None:
        how = f"after {run.position:,} of a number of files that was not counted"
    elif run.position < run.expected:
        how = f"after {run.position:,} of {number_of(run.expected, 'file')}"
    else:
        return (
            f"Run {run.id} {ended} after all {number_of(run.position, 'file')} of {exhibit} had "
            "been searched, before its last checks had ended."
        )
    return f"Run {run.id} {ended} {how}: the rest of {exhibit} was not searched."


_ENDED = {
    RunStatus.RUNNING: "has not ended: it goes on, or was killed,",
    RunStatus.INTERRUPTED: "was interrupted",
    RunStatus.FAILED: "failed",
}


def _files(faults_of_source: Mapping[str, int]) -> str:
    return faults.counted(sum(faults_of_source.values()))
