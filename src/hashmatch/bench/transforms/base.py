"""One alteration, and the suite of all: the same for the same seed."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np
from PIL import Image

from hashmatch import registry
from hashmatch.errors import ExtensionError

OTHERS: Final = 12
"""Pictures that an alteration is given besides, for what lies around in collages and pages."""

Apply: TypeAlias = Callable[
    [Image.Image, np.random.Generator, Sequence[Image.Image]], Image.Image | bytes
]
"""The altered copy of an RGB picture. It draws all that is by chance from the generator, and is
given `OTHERS` other RGB pictures, none of which it changes. Bytes are a file as it is."""

Group: TypeAlias = Mapping[str, Apply]
"""Alterations of one kind, by name; what the factory of an entry point `hashmatch.transforms`
returns. The name of the entry point is the name of the group."""


@dataclass(frozen=True, slots=True)
class Transform:
    """An alteration whose chance is fixed.

    Attributes:
        name: of the alteration, in its group.
        group: what kind it is, as `crop`.
        apply: makes the altered copy.
        seed: of the suite that it belongs to.
    """

    name: str
    group: str
    apply: Apply
    seed: int = 0

    @property
    def id(self) -> str:
        """Its group and its name, as `crop/keep-90`."""
        return f"{self.group}/{self.name}"

    def generator(self, key: str) -> np.random.Generator:
        """The chance of this alteration of one picture.

        Args:
            key: names the picture, as its digest does.
        """
        told = hashlib.sha256(f"{self.seed}|{self.id}|{key}".encode()).digest()
        return np.random.default_rng(np.frombuffer(told, np.uint32))

    def file(self, picture: Image.Image, key: str, others: Sequence[Image.Image]) -> bytes:
        """The file of the altered copy; a JPEG of quality 90 unless the alteration says another.

        Args:
            picture: RGB.
            key: names the picture.
            others: at least one other RGB picture; they are repeated until there are `OTHERS`.
        """
        around = [others[number % len(others)] for number in range(OTHERS)]
        made = self.apply(picture, self.generator(key), around)
        return made if isinstance(made, bytes) else jpeg(made, 90)


def suite(seed: int = 0, groups: Sequence[str] = ()) -> tuple[Transform, ...]:
    """All alterations, ours and those of installed packages, in an order that is always the same.

    Args:
        seed: another one gives other places, angles, texts and noises.
        groups: only these; all where none is named.

    Raises:
        UnknownNameError: no such group.
        ExtensionError: the group of another package is no mapping of names to functions.
    """
    found = []
    for group in groups or registry.names("transforms"):
        members: Mapping[Any, Any] = registry.load("transforms", group)
        for name, apply in members.items():
            if not isinstance(name, str) or not callable(apply):
                msg = f"the group of alterations {group!r} is no mapping of names to functions"
                raise ExtensionError(msg)
            found.append(Transform(name, group, apply, seed))
    return tuple(found)


def jpeg(picture: Image.Image, quality: int, **options: int) -> bytes:
    """The picture as a JPEG file."""
    return encoded(picture, "JPEG", quality=quality, **options)


def encoded(picture: Image.Image, kind: str, **options: int) -> bytes:
    """The picture as a file of this kind."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def reread(file: bytes) -> Image.Image:
    """The picture in a file that was made here."""
    with Image.open(io.BytesIO(file)) as opened:
        return opened.convert("RGB")


def chained(*steps: Apply) -> Apply:
    """One alteration after the other; what a step encodes, the next one decodes."""

    def apply(
        picture: Image.Image, chance: np.random.Generator, others: Sequence[Image.Image]
    ) -> Image.Image | bytes:
        made: Image.Image | bytes = picture
        for step in steps:
            shown = made.convert("RGB") if isinstance(made, Image.Image) else reread(made)
            made = step(shown, chance, others)
        return made

    return apply
