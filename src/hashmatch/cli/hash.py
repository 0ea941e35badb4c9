"""`hashmatch hash`: pictures and videos to hashes."""

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hashmatch.cli.completing import one_of, registered
from hashmatch.cli.folders import warn_of_empty
from hashmatch.cli.options import JsonOption, ThreadsOption
from hashmatch.cli.outcome import end
from hashmatch.cli.output import duration, json_line, line, note, printable
from hashmatch.cli.standard_input import DASH, check_dashes
from hashmatch.model import Alpha, Mode, Sampling
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hashmatch.hashing.items import HashOptions
    from hashmatch.model import Item
    from hashmatch.sources.base import Found
    from hashmatch.sources.opener import Opener

HELP = """Print the perceptual hashes of pictures and videos.

Every file gives one line per hash: the hash, its quality, the size of the picture as shown,
its format, and what is special about it. A video gives one line per sampled frame, with its
time. All files below a folder are hashed; files that are no pictures or videos are counted
and skipped. Exit code 4 says that some file was unreadable, 70 that one was not read because of
a fault in hashmatch.

\b
Examples:
  hashmatch hash photo.jpg
  hashmatch hash --algorithm pdq --algorithm phash-64 *.jpg
  hashmatch hash --orientations --json photo.jpg
  hashmatch hash DCIM
  hashmatch hash --sampling thorough holiday.mp4
  hashmatch hash --for-sharing private/*.jpg > share-this.csv
"""


_FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...", help="Pictures, videos, folders of them; - for standard input."
    ),
]

_AlgorithmOption = Annotated[
    list[str] | None,
    typer.Option(
        "--algorithm",
        "-a",
        metavar="ID",
        autocompletion=registered("hashers"),
        help="Algorithm; repeat for several.  [default: pdq]",
    ),
]

_ModeOption = Annotated[
    str,
    typer.Option(
        metavar="fast|exact|centred",
        autocompletion=one_of(*Mode),
        help="How luma is read: fast (at the smallest sufficient size), exact (as reference "
        "tools do), or centred (for small pictures).",
    ),
]

_OrientationsOption = Annotated[
    bool, typer.Option("--orientations", help="Also hash the seven rotated and mirrored readings.")
]

_VariantsOption = Annotated[
    bool,
    typer.Option(
        "--variants", help="Also hash the reading that ignores alpha, if the picture has alpha."
    ),
]

_SamplingOption = Annotated[
    str,
    typer.Option(
        metavar="query|thorough|adaptive|reference|triage",
        autocompletion=one_of(*Sampling),
        help="Frames of videos that are hashed: one a second, two a second, all that differ (for "
        "queries of lists of few frames, or for known videos), or keyframes.",
    ),
]

_ForSharingOption = Annotated[
    bool,
    typer.Option(
        "--for-sharing",
        help="A list that may leave this device: hash, quality and digests, as CSV; no name, "
        "size or date of any file.",
    ),
]


def hash_files(
    files: _FilesArgument,
    *,
    algorithm: _AlgorithmOption = None,
    mode: _ModeOption = "fast",
    orientations: _OrientationsOption = False,
    variants: _VariantsOption = False,
    sampling: _SamplingOption = "query",
    for_sharing: _ForSharingOption = False,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """The command `hash`."""
    from hashmatch.hashing.items import HashOptions

    if for_sharing and (as_json or orientations or variants):
        msg = (
            "--for-sharing prints a list as CSV, with one hash a picture: it takes no --json, "
            "--orientations or --variants"
        )
        raise typer.BadParameter(msg)
    try:
        options = HashOptions(
            algorithms=algorithm or ("pdq",),
            mode=mode,
            orientations=orientations,
            variants=variants,
            sampling=sampling,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    _ = options.hashers
    check_dashes(files)
    empty = warn_of_empty(files)
    if for_sharing:
        _share(files, options, threads, empty=empty)
        return
    _print_all(files, options, threads, as_json=as_json, empty=empty)


def _print_all(
    files: list[Path], options: "HashOptions", threads: int | None, *, as_json: bool, empty: bool
) -> None:
    """Print the hashes of every file, and end."""
    from hashmatch.model import ScanResult
    from hashmatch.scanning.tally import Tally

    counted, unread, passed = Tally(), 0, 0
    for path, item, inside in _items(files, options, threads):
        counted.add(ScanResult(item))
        passed_by = inside and _is_skipped(item)
        passed += passed_by
        unread += not passed_by and item.left_unread
        if as_json:
            json_line(item.to_dict())
        elif not passed_by:
            _show(path, item)
    summary = counted.summary
    if as_json:
        json_line({**summary.to_dict(), "interrupted": False})
    elif unread or passed:
        sys.stdout.flush()
        count = number_of(summary.items, "file")
        note(f"{unread:,} of {count} unreadable, or read in part only; {passed:,} no picture")
    end(faults=summary.faults, unreadable=unread or empty)


def _show(path: Path, item: "Item") -> None:
    """Print the hashes of one file, and what of it was not read."""
    if item.media is not None:
        _print_table(path, item.media)
    if item.unreadable is not None:
        why = item.unreadable
        what = "unreadable" if item.media is None else "read in part only"
        note(f"{what}: {path}: {why.reason.value}: {why.detail}".removesuffix(": "))
    elif item.container:
        note(f"only the first picture was read: {path}: {item.container}")


def _is_skipped(item: "Item") -> bool:
    """Whether a file is no picture or video at all."""
    return item.unreadable is not None and item.unreadable.reason.skipped


def _items(
    files: list[Path], options: "HashOptions", threads: int | None
) -> "Iterator[tuple[Path, Item, bool]]":
    """Every file with what it gave, and whether it lies in a folder that was named; in their order.

    Of a folder that are all files below it; `-` is standard input.
    """
    from functools import partial

    from hashmatch.hashing.items import hash_item, hash_opened
    from hashmatch.model import Item
    from hashmatch.sources.opener import opener_of
    from hashmatch.sources.opening import open_source
    from hashmatch.threads import in_order

    def wanted() -> "Iterator[tuple[Path, Found | None, Opener | None]]":
        for path in files:
            if path != DASH and path.is_dir():
                source = open_source(path)
                opener = opener_of(source)
                for found in source:
                    yield Path(found.locator), found, opener
            else:
                yield path, None, None

    def item_of(each: "tuple[Path, Found | None, Opener | None]") -> "tuple[Path, Item, bool]":
        path, found, opener = each
        if found is None or opener is None:
            data = sys.stdin.buffer.read() if path == DASH else path
            return path, hash_item(data, options, locator=str(path)), False
        if found.problem is not None:
            return path, Item(str(path), unreadable=found.problem), True
        opened = partial(opener.open, opener.handle(found))
        return path, hash_opened(opened, options, locator=str(path)), True

    return in_order(item_of, wanted(), threads=threads)


def _share(files: list[Path], options: "HashOptions", threads: int | None, *, empty: bool) -> None:
    """Print what a victim's own device may hand out, ready to be imported as a hash list."""
    line(",".join((*options.algorithms, "quality", "md5", "sha256")))
    unreadable, faults = 0, Counter[str]()
    for path, item, inside in _items(files, options, threads):
        faults.update(_fault(item))
        if inside and _is_skipped(item):
            continue
        if item.media is None or not item.media.complete:
            unreadable += 1
            why = item.media.reason if item.media else item.unreadable and item.unreadable.reason
            note(f"left out: {path}: {why}")
            continue
        if item.media.readings[0].time is not None:
            note(f"{path}: a video: only its digests are given, which find only exact copies")
            hashes, quality = [""] * len(options.algorithms), ""
        else:
            hashes = [item.media.hashes[name].hex for name in options.algorithms]
            quality = str(item.media.quality)
        line(",".join((*hashes, quality, item.digests.md5 or "", item.digests.sha256 or "")))
    end(faults=faults, unreadable=unreadable or empty)


def _fault(item: "Item") -> list[str]:
    """The fault of hashmatch that kept an item from being read, if there was one."""
    return [item.fault] if item.fault is not None else []


def _print_table(path: Path, media: Any) -> None:  # noqa: ANN401 (model is imported late)
    from hashmatch.model.alignment import WIDENED, source_and_look

    about = list(media.flags)
    if not media.complete:
        part = f", {media.fraction:.0%} decoded" if media.fraction < 1 else ""
        about.append(f"{media.reason.value}{part}")
    for reading in media.readings:
        if source_and_look(reading.part)[1] == WIDENED:
            continue  # of what is not there: a question, not an answer
        which = []
        if reading.frame != media.readings[0].frame and reading.time is None:
            which.append(f"frame {reading.frame}")
        if reading.orientation != 1:
            which.append(reading.orientation.label)
        if reading.alpha is Alpha.DROPPED:
            which.append("alpha dropped")
        if reading.time is not None:
            which.append(duration(reading.time))
        if reading.part:
            which.append(reading.part)
        size = f"{media.width}×{media.height}".rjust(11)
        notes = ", ".join((*which, *about))
        name = printable(str(path))
        about_hash = f"{reading.hash}  {reading.quality:3}  {size}  {media.format:8}"
        line(f"{about_hash}  {name}  {notes}".rstrip())
