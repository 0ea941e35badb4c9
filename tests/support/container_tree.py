"""A tree of evidence: containers of many kinds, each with pictures that lie nowhere else."""

import hashlib
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pikepdf import Name
from PIL import Image

from tests.support.evidence_archives import made_archives
from tests.support.evidence_documents import DOCUMENTS, ENTRIES
from tests.support.pdf_files import Writer
from tests.support.photos import encoded, variants

_SIDE = 96
_MOST = 400


@dataclass(frozen=True)
class Kind:
    """A kind of container in the tree.

    Attributes:
        name: of the kind.
        files: its files in the tree.
        sha256: of the pictures in them that have bytes of their own.
        pixels: of pictures that have none.
    """

    name: str
    files: tuple[Path, ...]
    sha256: tuple[str, ...]
    pixels: tuple[Image.Image, ...] = ()


def flate_pdf(pictures: list[Image.Image]) -> bytes:
    """A document whose pictures are pixels alone."""
    writer = Writer()
    for image in pictures:
        packed = zlib.compress(image.tobytes())
        writer.page(
            writer.stream(
                packed,
                image.size,
                Filter=Name.FlateDecode,
                ColorSpace=Name.DeviceRGB,
                BitsPerComponent=8,
            )
        )
    return writer.bytes()


def make_tree(folder: Path) -> list[Kind]:
    """Write the tree, and say what lies in it; files have names that say nothing of their kind."""
    images = _images()
    tree = _Tree(folder)

    def take(count: int) -> list[bytes]:
        return [encoded(next(images), "JPEG", quality=90) for _ in range(count)]

    for kind, (data, pictures) in made_archives(take).items():
        tree.add(kind, [data], pictures)
    for kind, make in DOCUMENTS.items():
        pictures = take(3)
        tree.add(kind, [make(pictures)], pictures)
    for kind, each in ENTRIES.items():
        pictures = take(3)
        tree.add(kind, [each(data) for data in pictures], pictures)
    shown = [next(images) for _ in range(3)]
    tree.add("PDF of pixels", [flate_pdf(shown)], [], shown)
    return tree.kinds


class _Tree:
    def __init__(self, folder: Path) -> None:
        self.folder, self.kinds = folder, list[Kind]()

    def add(
        self,
        name: str,
        files: list[bytes],
        pictures: Sequence[bytes],
        pixels: Sequence[Image.Image] = (),
    ) -> None:
        paths = []
        for number, data in enumerate(files):
            end = ("", ".jpg", ".dat", ".txt")[len(self.kinds) % 4]
            path = self.folder / f"{len(self.kinds):02}" / f"{number}{end}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            paths.append(path)
        digests = tuple(hashlib.sha256(data).hexdigest() for data in pictures)
        self.kinds.append(Kind(name, tuple(paths), digests, tuple(pixels)))


def _images() -> Iterator[Image.Image]:
    """Small pictures, all different."""
    return (image.resize((_SIDE, _SIDE)) for image in variants(_MOST, largest=300))
