"""`hashmatch show`: one item of the evidence, opened again."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch.cli.inside_options import PasswordsOption, passwords_in
from hashmatch.cli.options import JsonOption, UnsandboxedOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.model.digests import TITLES
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.model.locator import Locator, Step
    from hashmatch.scanning.reopening import Reopened
    from hashmatch.sources.base import Found, Source
    from hashmatch.sources.diskimage.verifying import StoredDigests

HELP = """Open one item of the evidence again, and print what it is: never pixels or bytes.

LOCATOR is what `scan` prints: a path, or a path with the steps into archives, documents and mail
behind it, as 7/a.zip!zip:3:b.jpg. Quote it: a shell may take ! for something else. With --source,
the folder or file that was scanned, it is the locator as it is on record and in reports.

The item alone is read, by one process that can write nothing and reach nothing else. --digest
computes its MD5, SHA-1 and SHA-256 anew: they are those on record unless the evidence was changed.
A picture that its document holds as pixels has no bytes of its own, and so no digests. Of a disk
image also those of its medium are printed, and whether they are those that it stores. Exit code 2
says that there is no such file or item, or that LOCATOR is none; 4 that it cannot be read, or not
to its end, or that the medium has other digests than its image stores.

\b
Examples:
  hashmatch show '/evidence/7/a.zip!zip:3:b.jpg' --digest
  hashmatch show 'a.zip!zip:3:b.jpg' --source /evidence/7 --digest --json
  hashmatch show '/evidence/8/locked.7z!sevenzip:0:c.jpg' --passwords words.txt
"""

SourceOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="The folder or file that was scanned, where it lies now.",
    ),
]

_WORKERS: Final = 1


def show_item(
    locator: Annotated[
        str, typer.Argument(metavar="LOCATOR", help="Where the item lies, as `scan` prints it.")
    ],
    *,
    digest: Annotated[
        bool, typer.Option("--digest", help="Compute MD5, SHA-1 and SHA-256 of the item.")
    ] = False,
    source: SourceOption = None,
    passwords: PasswordsOption = None,
    unsandboxed: UnsandboxedOption = False,
    as_json: JsonOption = False,
) -> None:
    """The command `show`."""
    from hashmatch.errors import Reason
    from hashmatch.sources.opening import open_source

    words = passwords_in(passwords) if passwords is not None else ()
    if source is None:
        evidence, found = _named(locator)
    else:
        evidence = open_source(source)
        found = _on_record(locator, evidence, source)
    shown = _reopened(evidence, found, words, digests=digest, unsandboxed=unsandboxed)
    if shown.is_missing:
        msg = f"there is no such item: {printable(found.locator)}"
        raise typer.BadParameter(msg, param_hint="LOCATOR")
    if as_json:
        json_line(_plain(shown))
    else:
        _print(shown)
    why = shown.problem
    digests = None if shown.medium is None else shown.medium[1]
    is_different = digests is not None and digests.is_different
    if digests is not None and is_different:
        note(f"WARNING: {digests.verdict}: {found.locator}")
    if why is None:
        end(unreadable=is_different)
        return
    if why.reason is Reason.INTERNAL_ERROR:
        end(faults={why.detail: 1})
    note(f"{why.reason}{f' ({why.detail})' if why.detail else ''}: {found.locator}")
    end(unreadable=True)


def _parsed(text: str) -> "Locator":
    """The locator that a text is.

    Raises:
        BadParameter: it is none.
    """
    from hashmatch.model.locator import Locator

    try:
        return Locator.parse(text)
    except ValueError:
        msg = (
            f"{printable(text)!r} cannot be read as a locator: write it as `scan` prints it; in "
            "names behind the first !, % is written %25 and ! is written %21"
        )
        raise typer.BadParameter(msg, param_hint="LOCATOR") from None


def _named(text: str) -> "tuple[Source, Found]":
    """The evidence and the item in it, of a locator that begins with a path of this system.

    Raises:
        BadParameter: there is no such file, or it is no locator.
        SourceError: the file cannot be opened.
    """
    from hashmatch.model.locator import File, Locator
    from hashmatch.sources.finding import Finder
    from hashmatch.sources.opening import open_source

    locator, plain = None, Locator((File(text),))
    if not os.path.lexists(text):
        locator = _parsed(text)
    elif str(plain) != text:
        # A name that looks like a locator: it means the item in the file, where that file is.
        with suppress(ValueError):
            locator = Locator.parse(text)
        if locator is not None and os.path.lexists(_path_of(locator)):
            note(f"a file of exactly this name exists too: it is shown as {printable(str(plain))}")
        else:
            locator = None
    locator = locator or plain
    path = _path_of(locator)
    if not path or not os.path.lexists(path):
        raise typer.BadParameter(_no_file(text, path), param_hint="LOCATOR")
    if os.path.islink(path):  # noqa: PTH114 (names that are no text)
        found = _link(path, locator)
        return [found], found  # type: ignore[return-value] # nothing of it is opened
    if os.path.isdir(path):  # noqa: PTH112 (as above)
        msg = f"{printable(path)} is a folder: name a file in it"
        raise typer.BadParameter(msg, param_hint="LOCATOR")
    evidence = open_source(path)
    name = os.path.basename(os.path.realpath(path))  # noqa: PTH119 (as above)
    found_there = Finder(evidence).find(Locator((File(name), *locator.steps[1:])))
    if found_there is None:
        raise typer.BadParameter(_no_file(text, path), param_hint="LOCATOR")
    return evidence, found_there


def _path_of(locator: "Locator") -> str:
    return str(getattr(locator.steps[0], "path", ""))


def _no_file(text: str, path: str) -> str:
    """What is wrong with a locator whose file is not there."""
    first, mark, rest = text.partition("!")
    if mark and path == text and os.path.lexists(first):
        return (
            f"{printable(rest)!r} is no step into {printable(first)}: write the locator as `scan` "
            "prints it, as a.zip!zip:3:b.jpg"
        )
    return f"there is no file {printable(path)}"


def _link(path: str, locator: "Locator") -> "Found":
    from hashmatch.errors import Reason
    from hashmatch.model import Unreadable
    from hashmatch.sources.base import Found

    why = Unreadable(Reason.SYMBOLIC_LINK, "a symbolic link, not followed: name where it leads")
    found = Found(path, path, why)
    return found.inside(locator.steps[1:], why) if locator.depth else found


def _on_record(text: str, evidence: "Source", root: Path) -> "Found":
    """The item with this locator on record.

    Raises:
        BadParameter: there is no such file, or it is no locator.
    """
    from hashmatch.sources.finding import Finder

    locator = _parsed(text)
    found = Finder(evidence).find(locator)
    if found is None:
        msg = (
            f"there is no file {printable(_path_of(locator))} in {printable(str(root))}: with "
            "--source a locator begins with the path below it"
        )
        raise typer.BadParameter(msg, param_hint="LOCATOR")
    return found


def _reopened(
    evidence: "Source",
    found: "Found",
    passwords: tuple[str, ...],
    *,
    digests: bool,
    unsandboxed: bool,
) -> "Reopened":
    """The item, opened by one worker."""
    from hashmatch.scanning.backup_names import BackupNames
    from hashmatch.scanning.limits import WorkerLimits
    from hashmatch.scanning.pool import WorkerPool
    from hashmatch.scanning.reopening import LIMITS, reopen
    from hashmatch.scanning.sandbox import Sandbox
    from hashmatch.sources.base import readable_of
    from hashmatch.sources.inside.opening import InsideOpener
    from hashmatch.sources.opener import opener_of

    workers = WorkerPool(
        count=_WORKERS,
        limits=WorkerLimits(),
        sandbox=Sandbox(readable_of(evidence), unsandboxed),
        on_notice=note,
    )
    opener = InsideOpener(opener_of(evidence), LIMITS, passwords)
    found = BackupNames(opener.files, workers).with_name(found)
    (shown,) = (each[1] for each in reopen([found], opener, workers, digests=digests) if each)
    return shown


def _where(found: "Found") -> "Locator":
    """The locator of an item, from its path on this system."""
    from hashmatch.model.locator import File, Locator

    outer = found.container or found
    within = outer.place.locator.steps[1:] if outer.place else ()
    return Locator((File(outer.path), *within, *found.steps))


def _plain(shown: "Reopened") -> dict[str, Any]:
    from hashmatch.model import AllocationState, PlaceConfidence

    found, where = shown.found, _where(shown.found)
    place, why = found.place, shown.problem
    return {
        "record": "shown",
        "path": found.locator,
        "steps": where.to_list(),
        "lies_in": str(where.parent) if where.parent else None,
        "state": place.state if place else AllocationState.ALLOCATED,
        "confidence": place.confidence if place else PlaceConfidence.CERTAIN,
        "original_name": shown.original_name or None,
        "kind": shown.kind,
        "format": shown.format or None,
        "size": shown.size,
        "made_of_pixels": shown.is_made,
        **{name: getattr(shown.digests, name) for name in TITLES},
        **_plain_medium(shown),
        "reason": why.reason.value if why else None,
        "detail": why.detail if why else None,
    }


def _print(shown: "Reopened") -> None:
    from hashmatch.reports.placing import state_in_words

    found, where = shown.found, _where(shown.found)
    _fact("lies in" if where.depth else "file", _path_of(where))
    for depth, step in enumerate(where.steps[1:], 1):
        _fact("", _in_words(step), depth)
    if shown.original_name:
        _fact("called", f"{shown.original_name} by its backup")
    if found.place and (words := state_in_words(found.place)):
        _fact("how", ", ".join(words))
    if shown.kind:
        named = f" ({shown.format})" if shown.format else ""
        told = "" if shown.is_made else ", by its first bytes"
        _fact("kind", f"{shown.kind}{named}{told}")
    if shown.is_made:
        _fact("size", "no bytes of its own: its picture is made of pixels, and has no digests")
    elif shown.size is not None:
        as_far = ", as far as it could be read" if shown.problem else ""
        _fact("size", f"{number_of(shown.size, 'byte')}{as_far}")
    for name, title in TITLES.items():
        if value := getattr(shown.digests, name):
            _fact(title, value)
    if shown.medium is not None:
        _print_medium(*shown.medium)


def _plain_medium(shown: "Reopened") -> dict[str, Any]:
    if shown.medium is None:
        return {}
    size, digests = shown.medium
    told = {"size": size, "stored": dict(digests.stored), "computed": dict(digests.computed)}
    return {"medium": {**told, "verdict": digests.verdict or None}}


def _print_medium(size: int, digests: "StoredDigests") -> None:
    """The digests of the medium in a disk image, and what the image says that they are."""
    _fact("medium", number_of(size, "byte"))
    for name, title in TITLES.items():
        if value := digests.computed.get(name):
            _fact(title, value, 1)
    for name, value in digests.stored.items():
        _fact("stored", f"{TITLES.get(name, name)} {value}", 1)
    if digests.verdict:
        _fact("", digests.verdict, 1)


def _in_words(step: "Step") -> str:
    from hashmatch.reports.placing import name_of, step_in_words

    name, words = name_of(step), step_in_words(step)
    return f"{words}: {name}" if name else words or str(step)


def _fact(title: str, words: str, depth: int = 0) -> None:
    line(f"{title:9}{'  ' * depth}{printable(words)}")
