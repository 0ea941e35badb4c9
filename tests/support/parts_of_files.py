"""Files with several parts, for tests."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from hashmatch import (
    HashOptions,
    Item,
    MediaHashes,
    hash_item,
)
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.model import Reading
from hashmatch.scanning import wire
from tests.support.photos import encoded, photo
from tests.support.places import FIXTURES


def known(tmp_path: Path, name: str, *readings: Reading) -> HashList:
    """A list of pictures with the hashes of these readings."""
    path = tmp_path / f"{name}.csv"
    rows = [f"{number},{each.hash.hex},100" for number, each in enumerate(readings)]
    path.write_text("\n".join(["id,pdq,quality", *rows]) + "\n")
    return read_list(path)


def frames(readings: Iterable[Reading], part: str = "") -> list[Reading]:
    return [each for each in readings if each.part == part and each.time is not None]


def read(data: bytes, **options: Any) -> Item:
    """The item, as it comes out of a worker."""
    item = hash_item(data, HashOptions(**options))
    assert wire.decode(wire.encode(item), locator="") == item
    return item


def moving(data: bytes, **options: Any) -> MediaHashes:
    image = read(data, **options).media
    assert image is not None
    assert image.is_video
    return image


@cache
def still(form: str = "JPEG") -> bytes:
    return encoded(photo("astronaut"), form)


def heic() -> bytes:
    return (FIXTURES / "heic" / "plain.heic").read_bytes()
