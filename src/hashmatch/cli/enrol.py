"""`hashmatch lists enrol`: a lab's own originals onto a list."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hashmatch.cli.folders import warn_of_empty
from hashmatch.cli.interrupt import interruption
from hashmatch.cli.options import IndexOption, JsonOption, ThreadsOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.cli.places import check_places
from hashmatch.cli.progress import meter
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.enrolment import Enrolled


HELP = """Hash a lab's own originals into a list of an index. No pixel is stored.

A picture is enrolled with its hash, the hash of its content without a border, and the hash of its
middle in several shapes, so that copies cropped to these are found. A video is enrolled with the
hashes of all frames that differ. --patches adds about 48 patches of each picture, 2 kB, that find
it in crops of half of it, turned, and among others; scans look for them with --effort thorough.
Hashes of flat cards, logos and pages of text are marked: they match within a smaller distance, and
their patches are probable at most. Pictures with too little structure are enrolled with their
digests only. Files that were enrolled before are replaced; all other entries stay. Exit code 4 says
that an original was unreadable, or could be read only in part, or that DIR holds no file.

\b
Example:
  hashmatch lists enrol originals/ --index lab.index --name LAB --category OWN/1
"""


_FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder, or a single file.")]

_NameOption = Annotated[str, typer.Option("--name", "--list", metavar="NAME", help="The list.")]

_CategoryOption = Annotated[
    str, typer.Option(metavar="SCHEME/CODE", help="The lab's own category, kept verbatim.")
]


_PatchesOption = Annotated[
    bool,
    typer.Option(
        "--patches",
        help="Also patches of pictures, for crops and collages; takes pip install '.[patches]'.",
    ),
]


def enrol_originals(
    folder: _FolderArgument,
    *,
    index: IndexOption,
    name: _NameOption,
    category: _CategoryOption = "",
    patches: _PatchesOption = False,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """The command `lists enrol`."""
    from itertools import takewhile

    from hashmatch.enrolment import enrol
    from hashmatch.index.folders import check_place
    from hashmatch.sources.opening import open_source
    from hashmatch.sources.wrapped import Selected

    check_places([folder], indexes=[index])
    check_place(index)
    scheme, code = _class_of(category)
    if not name.strip():
        msg = "the list needs a name"
        raise typer.BadParameter(msg, param_hint="--name")
    empty = warn_of_empty([folder])
    kept: list[Enrolled] = []
    source = open_source(folder)
    with interruption() as asked, meter(sum(1 for _ in source), "files") as shown:
        wanted = Selected(source, takewhile(lambda _: not asked.is_requested(), source))
        for result in enrol(wanted, scheme=scheme, category=code, patches=patches, threads=threads):
            kept.append(result)
            _show(result, as_json=as_json)
            shown.update(len(kept))
    _put(index, name, folder, kept)
    _end(kept, interrupted=asked.is_requested(), empty=empty)


def _put(index: Path, name: str, folder: Path, kept: "list[Enrolled]") -> None:
    """Put what was hashed into the list, and say what that changed."""
    from hashmatch.enrolment import enrolled_list, faulty
    from hashmatch.index.index import Index

    if all(each.entry is None for each in kept):
        return
    with Index.edit(index) as writer:
        # What a fault left without hashes takes none away from the list.
        stay = writer.live(name, faulty(kept)) if name in writer.names else set()
        found = enrolled_list(
            name, [each for each in kept if each.entry is None or each.entry.id not in stay]
        )
        came, went = writer.update(found, file=str(folder)) if len(found.entries) else (0, 0)
    if stay:
        note(f"{name}: {number_of(len(stay), 'file')} not hashed, and enrolled as before")
    if not len(found.entries):
        return
    hashes = sum(len(entry.hashes) for entry in found.entries)
    files = number_of(len(found.entries), "file")
    if came:
        again = f", {went:,} of them again" if went else ""
        note(f"{name}: {files} enrolled with {number_of(hashes, 'hash', 'hashes')}{again}")
    else:
        note(f"{name}: nothing new, {files} of this folder enrolled already")


def _end(kept: "list[Enrolled]", *, interrupted: bool, empty: bool) -> None:
    """Say what was not enrolled, or only in part, and end."""
    refused = sum(bool(each.refused) for each in kept)
    unreadable = sum(each.unreadable is not None for each in kept)
    in_part = sum(each.in_part is not None for each in kept)
    note(
        f"{refused:,} with digests only or marked, {in_part:,} read in part only, "
        f"{unreadable:,} unreadable"
    )
    if interrupted:
        note("interrupted: what was read is enrolled; run the same command again for the rest")
    end(
        interrupted=interrupted,
        faults=Counter(each.fault for each in kept if each.fault),
        unreadable=unreadable or in_part or empty,
        undone="hashed",
    )


def _class_of(category: str) -> tuple[str, str]:
    """The scheme and the code of a class; both empty where none is given.

    Raises:
        BadParameter: one of the two is missing.
    """
    scheme, _, code = (each.strip() for each in category.rpartition("/"))
    if category and not (scheme and code):
        msg = (
            f"--category is written SCHEME/CODE, as OWN/1, not {category!r}: a code means nothing "
            "without the scheme that it belongs to"
        )
        raise typer.BadParameter(msg)
    return scheme, code


def _show(result: "Enrolled", *, as_json: bool) -> None:
    if as_json:
        json_line(_plain(result))
    elif result.unreadable is not None:
        note(f"{result.unreadable.reason.value}: {result.locator}")
    elif result.entry is not None:
        frames = sum(known.time is not None for known in result.entry.hashes)
        patches = sum(known.place is not None for known in result.entry.hashes)
        named = [
            known.part or "whole"
            for known in result.entry.hashes
            if known.time is None and known.place is None
        ]
        counted = ((frames, "frame", "frames"), (patches, "patch", "patches"))
        named += [number_of(*each) for each in counted if each[0]]
        parts = ", ".join(named) or "digests only"
        refused = f"internal-error: {result.fault}" if result.fault else result.refused
        why = f"  ({refused})" if refused else ""
        line(f"{printable(result.locator)}  {parts}{why}")


def _plain(result: "Enrolled") -> dict[str, Any]:
    """What became of one original, as JSON."""
    entry = result.entry
    return {
        "path": result.locator,
        "entry": entry.id if entry else None,
        "hashes": [
            {"hash": str(known.hash), "quality": known.quality, "part": known.part}
            for known in (entry.hashes if entry else ())
        ],
        "refused": result.refused or None,
        "in_part": result.in_part.value if result.in_part else None,
        "internal_error": result.fault or None,
        "unreadable": result.unreadable.to_dict() if result.unreadable else None,
    }
