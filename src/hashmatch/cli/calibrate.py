"""`hashmatch calibrate`: how often an operator's own innocent pictures come near what is known."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hashmatch.cli.options import JsonOption, ProfileOption, ThreadsOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note
from hashmatch.cli.places import check_places
from hashmatch.cli.progress import meter
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hashmatch.calibration import Calibration
    from hashmatch.false_matches import Expected

HELP = """Measure false matches on your own innocent pictures, and keep the result with the index.

Hashes every picture below a folder, in all its orientations, and counts how near they come to known
hashes. Use some thousands of pictures; more are better. Pictures that match are named: either they
are not innocent, or the match is false. If all of them match, nothing can be measured, and the
earlier measurement stays. Exit code 4 says that a picture was unreadable, or could be read only in
part, and was left out.

\b
Example:
  hashmatch calibrate holiday-photos/ --against lab.index
"""


def calibrate_index(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of innocent pictures.")],
    *,
    against: Annotated[
        Path, typer.Option(metavar="INDEX", envvar="HASHMATCH_INDEX", help="Folder of the index.")
    ],
    profile: ProfileOption = "default",
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """The command `calibrate`."""
    from hashmatch.calibration import calibrate
    from hashmatch.errors import SourceError
    from hashmatch.index.index import Index
    from hashmatch.matching.expecting import expectations
    from hashmatch.profiles import get_profile
    from hashmatch.sources.opening import open_source
    from hashmatch.sources.wrapped import Selected

    check_places([folder], indexes=[against])
    rules = get_profile(profile)
    source = open_source(folder)
    with meter(sum(1 for _ in source), "files") as shown:
        pictures = Selected(source, shown.counting(source))
        found = calibrate(pictures, Index(against), profile=rules, threads=threads)
    for locator in found.met:
        note(f"matched, so left out: {locator}")
    if found.pictures:
        with Index.edit(against) as writer:
            writer.set_calibration(found.to_dict())
    elif not found.faults:
        raise SourceError(_nothing_left(found))
    if as_json:
        json_line(found.to_dict())
    else:
        _print(found, expectations(Index(against), rules))
    if found.unread:
        note(f"left out, unreadable or read in part only: {number_of(found.unread, 'file')}")
    end(faults=found.faults, unreadable=found.unread)


def _nothing_left(found: "Calibration") -> str:
    """Why nothing was measured though there were pictures, and what to do."""
    matched = number_of(len(found.met), "picture")
    return (
        f"nothing was measured: every picture that could be ({matched}) matches an entry of a "
        "list, as named above, so that none shows how often innocent ones come near. Where "
        "these are the lists' own originals or copies of them, give other pictures, thousands; "
        "where they are not, the matches are false: look at them, and choose a smaller threshold"
    )


def _print(found: "Calibration", expected: "Mapping[str, Expected]") -> None:
    pictures, hashes = (
        number_of(found.pictures, "picture"),
        number_of(found.hashes, "hash", "hashes"),
    )
    line(f"{pictures} against {hashes} that are known")
    if found.nearest is None:
        line("no pair came within 90 bits")
    else:
        line(f"the nearest pair differs in {number_of(found.nearest, 'bit')}")
    if found.tail is None:
        line(
            "too few pairs within 90 bits to say how many false matches to expect: take more "
            "pictures, or measure against an index with more hashes"
        )
    for band, each in expected.items():
        if each.calibrated is not None:
            line(
                f"{band} up to {number_of(each.threshold, 'bit')}: about {each.calibrated:.2g} "
                f"false matches per million items, against all {each.hashes:,} known hashes"
            )
