"""Disk images opened: which files they consist of, and the medium in them."""

import importlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage import detecting
from hashmatch.sources.diskimage.base import Bytes, Medium
from hashmatch.sources.diskimage.beside import Alone, Beside, Folder, OnDisk
from hashmatch.sources.diskimage.files import Handles

if TYPE_CHECKING:
    from collections.abc import Callable

_RAW: Final = "raw"


@dataclass(frozen=True, slots=True)
class ImageSpec:
    """What a disk image is opened by again, as in a worker that may read these files alone.

    Attributes:
        kind: of its container.
        folder: absolute path of the folder that its files lie in.
        names: of its files, the first one first.
    """

    kind: str
    folder: str
    names: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of its files: all that whoever opens it must be allowed to read."""
        return tuple(os.path.join(self.folder, name) for name in self.names)  # noqa: PTH118 (no text)

    def open(self) -> "Image":
        """Open it again: no folder is listed, and no other file is opened.

        Raises:
            OSError: a file cannot be opened.
            UnreadableError: it is no image any more.
        """
        return _opened(self.folder, self.names[0], self.kind, self.names)


@dataclass(slots=True)
class Image:
    """An opened disk image.

    Attributes:
        spec: what it is opened by again; its folder is empty where that is none of this system.
        medium: what it holds.
        handles: its open files; None where others have them.
    """

    spec: ImageSpec
    medium: Medium
    handles: Handles | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close its files; they are opened again when the medium is read."""
        if self.handles is not None:
            self.handles.close()


def open_image(path: str | os.PathLike[str], kind: str = "") -> Image:
    """The disk image at a path.

    A link is followed to the file itself: the further files of the image lie in its folder.

    Args:
        path: of its first file.
        kind: name of its container; detected where it is empty. A file that is no container is
            taken as a raw image, whatever it holds.

    Raises:
        OSError: a file cannot be opened.
        UnreadableError: it is damaged, encrypted or of a kind that is not read, or a file is
            missing; `detail` says which, and what to do.
    """
    return _opened(*os.path.split(os.path.realpath(path)), kind)


def open_inside(file: Bytes, folder: Folder | None = None, kind: str = "") -> Image:
    """The disk image in a file that lies somewhere else, as on another image.

    Args:
        file: its first file.
        folder: where its further files lie; None where there are none.
        kind: as of `open_image`.

    Raises:
        OSError: a file cannot be read.
        UnreadableError: as of `open_image`.
    """
    beside = Beside(folder or Alone(), file.name, _open_container, {file.name: None})
    medium, found = _container(file, beside, _kind_of(kind))
    medium.problems[:0] = beside.notes
    return Image(ImageSpec(found.name, "", tuple(beside.used)), medium)


def _opened(where: str, name: str, kind: str, only: tuple[str, ...] | None = None) -> Image:
    """An image in a folder of this system."""
    handles = Handles()
    try:
        folder = OnDisk(where, handles, only)
        beside = Beside(folder, name, _open_container, {name: None})
        medium, found = _container(folder.open(name), beside, _kind_of(kind))
        medium.problems[:0] = beside.notes
    except BaseException:
        handles.close()
        raise
    return Image(ImageSpec(found.name, where, tuple(beside.used)), medium, handles)


def _kind_of(name: str) -> detecting.Container | None:
    if not name:
        return None
    names = {each.name: each for each in detecting.READ}
    return names.get(name) or names[detecting.RAW.name]


def _open_container(file: Bytes, beside: Beside, kind: str) -> Medium:
    """An image that another one builds on."""
    medium, _ = _container(file, beside, detecting.RAW if kind == _RAW else None)
    beside.notes += medium.problems
    return medium


def _container(
    file: Bytes, beside: Beside, kind: detecting.Container | None
) -> tuple[Medium, detecting.Container]:
    found = kind or detecting.detect(file) or detecting.RAW
    if not found.opener:
        detail = f"{file.name}: {found.name}, which is not read"
        raise UnreadableError(found.reason, f"{detail}: {found.advice}" if found.advice else detail)
    module, _, function = found.opener.partition(":")
    opener: Callable[[Bytes, Beside], Medium] = getattr(importlib.import_module(module), function)
    try:
        medium = opener(file, beside)
    except RecursionError:
        raise UnreadableError(
            Reason.DAMAGED, f"{file.name}: its parts are nested too deep"
        ) from None
    return medium, found
