"""`hashmatch index`: an index as a whole."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.exit_codes import EXIT_INTEGRITY
from hashmatch.cli.options import ExistingIndexOption, JsonOption, ProfileOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.progress import meter
from hashmatch.model.layout import Layout
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashmatch.false_matches import Expected
    from hashmatch.index.reading import KnownList
    from hashmatch.index.verify import Check
    from hashmatch.matching.expecting import PatchesExpected, TierExpected
    from hashmatch.profiles import Profile

BUILD_HELP = """Rewrite every list of an index, each in one part, without what was withdrawn.

Imports are searchable at once: this only compacts an index after many updates, or changes the
layout. The inline layout takes about 400 bytes per hash and is the fastest; the compact one takes
about 130.

\b
Examples:
  hashmatch index build --index lab.index
  hashmatch index build --index lab.index --layout compact
"""

VERIFY_HELP = """Prove that an index is as it was written and finds what it must.

Compares every file with its SHA-256 and every block with its checksum, looks digests up again, and
plants near-duplicates at every distance up to the profile's threshold: all must be found, and
nothing that brute force does not find. Exit code 5 says that something is wrong.

With --source, the publisher's file is read again instead, and compared with the entries that the
index holds under its name: each must be there, and no other.

\b
Examples:
  hashmatch index verify --index lab.index
  hashmatch index verify --index lab.index --source vic-us.json
"""

INFO_HELP = """What an index holds, how it is searched, and how many false matches to expect.

\b
Example:
  hashmatch index info --index lab.index --profile wide
"""


def build_index(
    index: ExistingIndexOption,
    *,
    layout: Annotated[
        Layout,
        typer.Option(metavar="inline|compact", help="Layout of the tables: inline or compact."),
    ] = Layout.INLINE,
) -> None:
    """The command `index build`."""
    from hashmatch.index.index import Index

    opened = Index(index)
    sizes = {known.name: len(known) for known in opened.lists}
    with Index.edit(opened.path) as writer, meter(sum(sizes.values()), "entries") as shown:
        for name in writer.names:
            note(f"{name}: writing {number_of(sizes.get(name, 0), 'entry', 'entries')}")
            writer.compact(name, layout=layout)
            shown.update(shown.done + sizes.get(name, 0))
    line(f"{printable(str(index))}: built")


_SourcesOption = Annotated[
    list[Path] | None,
    typer.Option("--source", metavar="FILE", help="Compare with this file of a publisher; repeat."),
]


def verify_index(
    index: ExistingIndexOption,
    *,
    sources: _SourcesOption = None,
    profile: ProfileOption = "wide",
    as_json: JsonOption = False,
) -> None:
    """The command `index verify`."""
    if sources:
        _compare(index, sources, as_json=as_json)
        return
    from hashmatch.errors import DamagedIndexError
    from hashmatch.index.index import Index
    from hashmatch.index.verify import count_checks, verify, verify_files
    from hashmatch.model.plain import plain
    from hashmatch.profiles import get_profile

    rules = get_profile(profile)
    if not Index.at(index):
        Index(index)  # raises: there is nothing that could be proved
    wrong = 0
    thresholds = {**rules.thresholds, **rules.probable}
    try:
        opened = Index(index)
        checks, count = verify(opened, thresholds=thresholds), count_checks(opened, thresholds)
    except DamagedIndexError as error:
        # What can still be read says which of the files are damaged.
        note(str(error))
        checks, count = verify_files(index), 0
    with meter(count, "checks") as shown:
        for number, check in enumerate(checks, 1):
            wrong += not check.passed
            if as_json:
                json_line({**plain(check), "passed": check.passed})
            else:
                line(_check_in_words(check))
            shown.update(number, f"{wrong} failed" if wrong else "")
    if wrong or not count:
        note(
            f"{number_of(wrong, 'check')} failed: do not use this index; restore it, or import "
            "its lists again"
        )
        raise typer.Exit(EXIT_INTEGRITY)


def _check_in_words(check: "Check") -> str:
    word = "ok" if check.passed else "WRONG"
    about = check.error or (f"{check.spurious:,} spurious" if check.spurious else "")
    return (
        f"{word:5}  {check.found:,} of {check.tried:,} {check.what}  "
        f"{printable(check.list_name)}  {check.file}  {printable(about)}"
    ).rstrip()


def _compare(index: Path, sources: "Sequence[Path]", *, as_json: bool) -> None:
    """Print how the entries of an index compare with publishers' files."""
    from hashmatch.index.index import Index
    from hashmatch.index.sources import compare_source
    from hashmatch.model.plain import plain

    opened, wrong = Index(index), 0
    for path in sources:
        for each in compare_source(opened, path):
            wrong += not each.passed
            if as_json:
                json_line({"file": str(path), **plain(each), "passed": each.passed})
                continue
            notes = [
                f"{number:,} {words}"
                for number, words in (
                    (each.withdrawn, "of them withdrawn"),
                    (each.replaced, "withdrawn or replaced on record"),
                    (each.missing, "MISSING"),
                    (each.foreign, "NOT IN THE FILE"),
                )
                if number
            ]
            if each.recorded not in ("", each.found):
                notes.append("the index names another SHA-256 of the entries")
            word = "ok" if each.passed else "WRONG"
            line(
                f"{word:5}  {each.same:,} of {each.entries:,} entries of {printable(str(path))}  "
                f"{printable(each.list_name)}  {'; '.join(notes)}".rstrip()
            )
            line(f"       SHA-256 of the entries {each.found}")
    if wrong:
        note(
            "the index does not hold what the publisher's file says: do not use it; import the "
            "file again, and find out who changed the index"
        )
        raise typer.Exit(EXIT_INTEGRITY)


def index_info(
    index: ExistingIndexOption, *, profile: ProfileOption = "default", as_json: JsonOption = False
) -> None:
    """The command `index info`."""
    from hashmatch.index.index import Index
    from hashmatch.matching import expecting
    from hashmatch.model.plain import plain
    from hashmatch.profiles import get_profile
    from hashmatch.reports.plain import of_known_list

    opened, rules = Index(index), get_profile(profile)
    generation = opened.generation
    expected = expecting.expectations(opened, rules)
    tiers = expecting.expected_of_tiers(opened.lists, rules)
    patches = expecting.expected_of_patches(opened.lists)
    size = sum((Path(index) / name).stat().st_size for name in generation.files)
    if as_json:
        json_line(
            {
                "generation": generation.number,
                "at": generation.at,
                "tool": generation.tool,
                "bytes": size,
                "profile": rules.to_dict(),
                "expected_false_matches_per_million_items": {
                    band: plain(each) for band, each in expected.items()
                },
                "expected_of_tiers": [plain(each) for each in tiers],
                "expected_of_patches": None if patches is None else plain(patches),
                "calibration": dict(opened.calibration),
                "lists": [of_known_list(known) for known in opened.lists],
            }
        )
        return
    line(f"generation {generation.number} of {generation.at}, written by {generation.tool}")
    line(f"{number_of(size, 'byte')} in {number_of(len(generation.files), 'file')}")
    for known in opened.lists:
        _show_known(known, rules)
    line(f"profile {rules.name}: {rules.source}")
    for band, each in expected.items():
        line(f"  {band} up to {each.threshold} bits: {_in_words(each)}")
    for tier in tiers:
        line(f"  {_tier_in_words(tier)}")
    if patches is not None:
        line(f"  {_patches_in_words(patches)}")
    if not opened.calibration:
        there = shlex.quote(str(index))
        line(f"  not calibrated, on your own pictures: hashmatch calibrate DIR --against {there}")


def _show_known(known: "KnownList", rules: "Profile") -> None:
    """What a list holds, and how it is searched."""
    counts = ", ".join(f"{count:,} {name}" for name, count in known.counts.items())
    line(f"{printable(known.name)}: {number_of(len(known), 'entry', 'entries')}; {counts}")
    for part in known.parts:
        for algorithm in part.segment.algorithms:
            if algorithm in rules.thresholds:
                engine = part.segment.index(algorithm).engine(rules.thresholds[algorithm])
                line(f"  {algorithm}: searched by {engine}")


def _tier_in_words(of: "TierExpected") -> str:
    """How near the parts of a picture must be."""
    what = "a plain photo" if of.parts == 1 else f"a page of {of.parts} pictures"
    if of.probable < 0:
        return f"{of.tier}, {what}: nothing is near enough among so many hashes"
    return (
        f"{of.tier}, {what}: match up to {of.match} bits, probable up to {of.probable}, of "
        f"{of.tried:,} codes; about {of.matches:.2g} false matches and {of.leads:.2g} with those "
        "that are probable are to be expected per million items"
    )


def _patches_in_words(of: "PatchesExpected") -> str:
    """How many patches must agree."""
    return (
        f"patches of {number_of(of.pictures, 'known picture')}: {of.match} that agree are a match, "
        f"{of.probable} probable, each up to {of.bits} bits, of up to {of.tried:,} codes; no "
        "radius follows from their number: none was false where it was measured, so that at most "
        f"{of.at_most:,.0f} false ones per million items are to be expected"
    )


def _in_words(expected: "Expected") -> str:
    text = (
        f"about {expected.fitted:.2g} false matches per million items are to be expected, "
        f"{expected.pessimistic:.2g} at worst"
    )
    if expected.calibrated is not None:
        text += f"; {expected.calibrated:.2g} by your calibration"
    return text
