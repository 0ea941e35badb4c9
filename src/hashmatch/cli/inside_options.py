"""Options of `hashmatch scan` about what lies in files, and which items are decoded."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from hashmatch.model.scan import Only

if TYPE_CHECKING:
    from hashmatch.scanning.selection import Selection
    from hashmatch.sources.inside.options import Inside

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", re.IGNORECASE)
_POWERS: Final = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_LONGEST: Final = 64 << 20
"""Bytes of a file of passwords that are read."""
_MOST_PASSWORDS: Final = 10_000


def bytes_of(text: str) -> int:
    """A number of bytes, as somebody writes it: `4000`, `4k`, `1.5G`; k is 1,024.

    Raises:
        BadParameter: it is none.
    """
    found = _SIZE.fullmatch(text.strip())
    if found is None:
        msg = f"{text!r} is no size: write bytes, as 4000, or 64k, 512M, 2G"
        raise typer.BadParameter(msg)
    return int(float(found[1]) * 1024 ** _POWERS[found[2].lower()])


NoInsideOption = Annotated[
    bool,
    typer.Option(
        "--no-inside",
        help="Do not read archives, documents and mail, and do not search files for pictures.",
    ),
]
DepthOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Levels of nested containers that are read.  [default: 5]",
    ),
]
PasswordsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="File of passwords, one a line, that are tried on encrypted archives and documents.",
    ),
]
MaxMembersOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Most members that are read in one file.  [default: 1000000]",
    ),
]
MaxExpandedOption = Annotated[
    int | None,
    typer.Option(
        metavar="SIZE",
        parser=bytes_of,
        help="Most bytes that one file is expanded to, or 8 times its size if that is "
        "more.  [default: 64G]",
    ),
]
MaxRatioOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Most times its own size that a file is expanded to.  [default: 1000]",
    ),
]
MaxMemberOption = Annotated[
    int | None,
    typer.Option(
        metavar="SIZE",
        parser=bytes_of,
        help="Largest nested container, in bytes: it is held in memory.  [default: 512M]",
    ),
]
MaxSecondsOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Most seconds spent in one file, plus 1 for each 10 MB of it.  [default: 3600]",
    ),
]
SnapshotsOption = Annotated[
    bool,
    typer.Option(
        "--snapshots/--no-snapshots",
        help="Read shadow copies of the volumes of disk images, as volumes of their own.",
    ),
]
VerifyImagesOption = Annotated[
    bool,
    typer.Option(
        "--verify-images",
        help="Compare the digests that disk images keep of their media with their bytes: each is "
        "read from end to end once more.",
    ),
]
DeletedOption = Annotated[
    bool,
    typer.Option(
        "--deleted/--no-deleted",
        help="Read deleted files of disk images, and search their free space for pictures.",
    ),
]
VolumeOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME",
        help="Read only this volume of each disk image, as gpt:2. Repeat.",
    ),
]
MinSizeOption = Annotated[
    int | None,
    typer.Option(
        metavar="SIZE",
        parser=bytes_of,
        help="Do not decode smaller files, as 4000 or 4k; their digests are compared all the same.",
    ),
]
OnlyOption = Annotated[
    Only | None,
    typer.Option(
        help="Decode only pictures or only videos; digests of all files are compared all the same."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """What of the evidence is read, and how.

    Attributes:
        inside: how what lies in files is read; None where it is not.
        selection: of what is decoded.
    """

    inside: "Inside | None"
    selection: "Selection"


def arguments_of(reading: ReadingOptions | None) -> dict[str, Any]:
    """The arguments of `iter_scan` and `recorded_run`; none where all is read by default."""
    return {} if reading is None else {"inside": reading.inside, "selection": reading.selection}


_LIMITS: Final = {
    "depth": "max_depth",
    "max_members": "max_members",
    "max_expanded": "max_bytes",
    "max_ratio": "max_ratio",
    "max_member_size": "max_member_bytes",
    "max_seconds_inside": "max_seconds",
}
"""Options by their names in `InsideLimits`."""


def reading_of(given: Mapping[str, Any]) -> ReadingOptions:
    """What these options of the command ask for.

    Raises:
        BadParameter: they do not go together.
    """
    from hashmatch.scanning.selection import Selection
    from hashmatch.sources.inside.budget import InsideLimits
    from hashmatch.sources.inside.image_selection import ImageSelection
    from hashmatch.sources.inside.options import Inside

    only = given["only"]
    selection = Selection(min_size=given["min_size"] or 0, only=None if only is None else str(only))
    limits = {ours: given[name] for name, ours in _LIMITS.items() if given[name] is not None}
    passwords = given["passwords"]
    volumes = tuple(given["volume"] or ())
    images = ImageSelection(given["deleted"], given["snapshots"], volumes)
    if given["no_inside"]:
        if limits or passwords is not None or images != ImageSelection():
            msg = (
                "--no-inside reads nothing inside files: leave out limits, passwords, --volume, "
                "--no-deleted and --no-snapshots"
            )
            raise typer.BadParameter(msg)
        return ReadingOptions(inside=None, selection=selection)
    words = () if passwords is None else passwords_in(Path(passwords))
    return ReadingOptions(
        inside=Inside(
            replace(InsideLimits(), **limits, images=images, verify_images=given["verify_images"]),
            words,
        ),
        selection=selection,
    )


def passwords_in(path: Path) -> tuple[str, ...]:
    """The words of a file, each once, in their order.

    Raises:
        BadParameter: it cannot be read, or holds none, or too many.
    """
    from hashmatch.files.regular import buffered, open_regular

    try:
        with buffered(open_regular(path)) as file:
            data = file.read(_LONGEST + 1)
    except OSError as error:
        msg = f"cannot read {path}: {error.strerror}"
        raise typer.BadParameter(msg, param_hint="--passwords") from None
    text = data.decode("utf-8-sig", "surrogateescape")
    words = tuple(dict.fromkeys(each for each in text.splitlines() if each))
    if not words:
        msg = f"{path} holds no password: write one a line"
        raise typer.BadParameter(msg, param_hint="--passwords")
    if len(words) > _MOST_PASSWORDS or len(data) > _LONGEST:
        msg = f"{path} holds more than {_MOST_PASSWORDS:,} passwords: each is tried on each archive"
        raise typer.BadParameter(msg, param_hint="--passwords")
    return words
