"""`hashmatch hash`: pictures to hashes."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hashmatch.cli import EXIT_UNREADABLE
from hashmatch.cli.options import ThreadsOption
from hashmatch.cli.output import json_line, line, note, printable

if TYPE_CHECKING:
    from hashmatch.hashing import HashOptions

_EXAMPLES = """Print the perceptual hashes of pictures.

Every file gives one line per hash: the hash, its quality, the size of the picture as shown,
its format, and what is special about it. Exit code 4 says that some file was unreadable.

\b
Examples:
  hashmatch hash photo.jpg
  hashmatch hash --algorithm pdq --algorithm phash-64 *.jpg
  hashmatch hash --orientations --json photo.jpg
  hashmatch hash --for-sharing private/*.jpg > share-this.csv
"""


def hash_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Picture files.")],
    *,
    algorithm: Annotated[
        list[str] | None,
        typer.Option(
            "--algorithm", "-a", metavar="ID", help="Algorithm; repeat for several.  [default: pdq]"
        ),
    ] = None,
    mode: Annotated[
        str,
        typer.Option(
            metavar="fast|exact|centred",
            help="How luma is read: fast (at the smallest sufficient size), exact (as reference "
            "tools do), or centred (for small pictures).",
        ),
    ] = "fast",
    orientations: Annotated[
        bool, typer.Option("--orientations", help="Also the seven turned and mirrored readings.")
    ] = False,
    variants: Annotated[
        bool,
        typer.Option("--variants", help="Also the reading with alpha ignored, where there is any."),
    ] = False,
    for_sharing: Annotated[
        bool,
        typer.Option(
            "--for-sharing",
            help="A list that may leave this device: hash, quality and digests, as CSV; no name, "
            "size or date of any file.",
        ),
    ] = False,
    threads: ThreadsOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Replaced by `_EXAMPLES`."""
    from hashmatch.hashing import HashOptions, hash_images
    from hashmatch.model import Unreadable
    from hashmatch.reports import plain

    try:
        options = HashOptions(
            algorithms=algorithm or ("pdq",),
            mode=mode,  # type: ignore[arg-type] # HashOptions checks it
            orientations=orientations,
            variants=variants,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    _ = options.hashers
    if for_sharing:
        _share(files, options, threads)
        return
    unreadable = 0
    for path, result in zip(files, hash_images(files, options, threads=threads), strict=True):
        if isinstance(result, Unreadable):
            unreadable += 1
            if as_json:
                json_line({"path": str(path), "unreadable": plain.of_unreadable(result)})
            else:
                note(
                    f"unreadable: {path}: {result.reason.value}: {result.detail}".removesuffix(": ")
                )
        elif as_json:
            json_line({"path": str(path), **plain.of_image(result)})
        else:
            _print_table(path, result)
    if unreadable:
        if not as_json:
            sys.stdout.flush()
            note(f"{unreadable} of {len(files)} files unreadable")
        raise typer.Exit(EXIT_UNREADABLE)


def _share(files: list[Path], options: "HashOptions", threads: int | None) -> None:
    """Print what a victim's own device may hand out, ready to be imported as a hash list."""
    from functools import partial

    from hashmatch.hashing import hash_item
    from hashmatch.inorder import in_order

    line(",".join((*options.algorithms, "quality", "md5", "sha256")))
    unreadable = 0
    for path, item in zip(
        files, in_order(partial(hash_item, options=options), files, threads=threads), strict=True
    ):
        if item.image is None or not item.image.complete:
            unreadable += 1
            why = item.image.reason if item.image else item.unreadable and item.unreadable.reason
            note(f"left out: {path}: {why}")
            continue
        hashes = [item.image.hashes[name].hex for name in options.algorithms]
        quality = str(item.image.quality)
        line(",".join((*hashes, quality, item.digests.md5 or "", item.digests.sha256 or "")))
    if unreadable:
        raise typer.Exit(EXIT_UNREADABLE)


def _print_table(path: Path, image: Any) -> None:  # noqa: ANN401 (model is imported late)
    about = list(image.flags)
    if not image.complete:
        about.append(f"{image.reason.value}, {image.fraction:.0%} decoded")
    for reading in image.readings:
        which = []
        if reading.frame != image.readings[0].frame:
            which.append(f"frame {reading.frame}")
        if reading.orientation != 1:
            which.append(reading.orientation.label)
        if reading.alpha == "dropped":
            which.append("alpha dropped")
        size = f"{image.width}×{image.height}".rjust(11)
        notes = ", ".join((*which, *about))
        name = printable(str(path))
        about_hash = f"{reading.hash}  {reading.quality:3}  {size}  {image.format:8}"
        line(f"{about_hash}  {name}  {notes}".rstrip())


hash_files.__doc__ = _EXAMPLES
