"""`hashmatch hash`: pictures to hashes."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from hashmatch.cli import EXIT_UNREADABLE
from hashmatch.cli.output import json_line, line, note, printable

_EXAMPLES = """Print the perceptual hashes of pictures.

Every file gives one line per hash: the hash, its quality, the size of the picture as shown,
its format, and what is special about it. Exit code 4 says that some file was unreadable.

\b
Examples:
  hashmatch hash photo.jpg
  hashmatch hash --algorithm pdq --algorithm phash-64 *.jpg
  hashmatch hash --orientations --json photo.jpg
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
    threads: Annotated[
        int | None, typer.Option(min=1, help="Files at a time.  [default: as many as cores]")
    ] = None,
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
