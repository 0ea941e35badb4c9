"""How it was searched: hash lists, runs with their parameters, and proof of the record."""

from collections.abc import Iterable, Iterator, Mapping

from hashmatch.coverage import searched_in_words, unsearched_in_words
from hashmatch.markup import Markup, foreign, joined, tag
from hashmatch.model import Json
from hashmatch.reports import parameters
from hashmatch.reports.conditions import conditions
from hashmatch.reports.overview import number, table
from hashmatch.reports.rematches import rematch_in_words
from hashmatch.reports.statement import problem_in_words, verified
from hashmatch.reports.text import utc
from hashmatch.sightings.list_records import ListRecord
from hashmatch.sightings.records import CaseRecord, RunRecord
from hashmatch.sightings.rematch_records import RematchRecord
from hashmatch.sightings.verdict import Verdict
from hashmatch.wording import number_of


def lists(records: Iterable[ListRecord]) -> Markup:
    """Every hash list with the digests of the files that it came from."""
    listed = list(records)
    rows = [
        tag(
            "tr",
            tag(
                "th",
                tag("strong", foreign(each.name)),
                tag("small", foreign(each.handling)) if each.handling else "",
                *(tag("small", foreign(words)) for words in _treatment(each.policy)),
                *(tag("small", words) for words in _covered(each)),
                scope="row",
            ),
            tag("td", foreign(each.version) if each.version else "not stated"),
            number(each.entries),
            tag("td", "not recorded", class_="n")
            if each.known_good_entries is None
            else number(each.known_good_entries),
            tag("td", *(tag("div", digest, class_="mono") for digest in each.sha256)),
        )
        for each in listed
    ]
    columns = (("List", ""), ("Version", ""), ("Entries", "n"), ("Known good", "n"))
    note = tag(
        "p",
        "Entries that are known good keep matches from being reported: a file with the bytes "
        "of one is labelled, and its similarities to other entries are suppressed.",
        class_="soft",
    )
    return joined(
        table("Hash lists in force", (*columns, ("SHA-256 of its files", "")), rows),
        note if any(each.known_good_entries for each in listed) else "",
    )


def _covered(record: ListRecord) -> list[object]:
    """What of a list was searched, and what was not."""
    if record.coverage is None:
        return ["what of it could match was not recorded"]
    missing = unsearched_in_words(record.coverage)
    return [*searched_in_words(record.coverage), *(tag("strong", words) for words in missing)]


def _treatment(policy: Mapping[str, Json], category: str = "") -> Iterator[str]:
    """What the operator said of a list, or of one category on it, one thing at a time."""
    prefix = f"{category}: " if category else ""
    if policy.get("known_good") is not None:
        yield prefix + ("known good" if policy["known_good"] else "notable")
    thresholds, categories = policy.get("thresholds"), policy.get("categories")
    if isinstance(thresholds, Mapping):
        yield from (f"{prefix}{name} up to {bits} bits" for name, bits in thresholds.items())
    if isinstance(categories, Mapping):
        for name, own in categories.items():
            yield from _treatment(own, name) if isinstance(own, Mapping) else ()


def runs(records: Iterable[RunRecord], exhibits: Mapping[int, str]) -> Markup:
    """Every start of a scan: program, machine, command, thresholds."""
    return joined(*(_run(run, exhibits) for run in records))


def _run(run: RunRecord, exhibits: Mapping[int, str]) -> Markup:
    libraries = ", ".join(f"{name} {version}" for name, version in sorted(run.libraries.items()))
    done = number_of(run.position, "file")
    if run.expected is not None:
        done = f"{run.position:,} of {number_of(run.expected, 'file')}"
    went_on = f", went on with run {run.resumed}" if run.resumed else ""
    searched: dict[str, object] = {
        "Exhibit": exhibits.get(run.source, "not recorded"),
        "Started": f"{utc(run.started)} UTC",
        "Ended": f"{utc(run.ended)} UTC" if run.ended else "not on record",
        "Status": f"{run.status}{went_on}; {done} on record",
        "Program": f"hashmatch {run.tool}",
        "Libraries": libraries,
        "Host": run.host,
        "Command": tag("code", foreign(run.command)),
        **parameters.in_words(run.profile),
        "Lists": ", ".join(each.name for each in run.lists),
        **{name.capitalize(): words for name, words in conditions(run).items()},
        "Fingerprint": tag("span", run.fingerprint, class_="mono"),
    }
    return joined(tag("h3", f"Run {run.id}"), facts(searched))


def rematches(records: Iterable[RematchRecord]) -> Markup:
    """What was matched again later: lists, machine, command, and what could not be matched."""
    return joined(
        *(
            joined(
                tag("h3", f"Rematch {each.id}: retroactive, without the evidence"),
                tag("ul", *(tag("li", foreign(words)) for words in rematch_in_words(each))),
                facts(dict(parameters.in_words(each.profile))),
            )
            for each in records
        )
    )


def verification(case: CaseRecord, verdict: Verdict | None) -> Markup:
    """The last entry of the audit chain, and whether the record was as it was recorded."""
    rows, head = (
        (case.audit_rows, case.audit_head) if verdict is None else (verdict.rows, verdict.head)
    )
    problems, remarks = (verdict.problems, verdict.remarks) if verdict else ((), ())
    return joined(
        tag("h3", "Audit chain"),
        facts(
            {
                "Verified": verified(verdict),
                "Rows": f"{rows:,}",
                "Head": tag("span", head, class_="mono"),
            }
        ),
        tag("ul", *(tag("li", problem_in_words(each)) for each in problems)) if problems else "",
        tag("ul", *(tag("li", problem_in_words(each)) for each in remarks)) if remarks else "",
        tag(
            "p",
            "Each row holds the SHA-256 of the row before it, and of all that it recorded: "
            "“hashmatch audit verify” with this head proves later that the database still ends in "
            "it, or leads on from it.",
            class_="soft",
        ),
    )


def facts(values: Mapping[str, object]) -> Markup:
    """Names and values, one below the other."""
    pairs = (joined(tag("dt", name), tag("dd", _value(value))) for name, value in values.items())
    return tag("dl", *pairs, class_="facts")


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" for key, each in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return value if isinstance(value, Markup) else foreign(str(value))
