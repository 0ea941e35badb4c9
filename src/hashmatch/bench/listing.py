"""The index that copies are looked up in: made of plain hashes, and opened as any other."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hashmatch.bench.distances import upright
from hashmatch.hashlists.reading import HashList, read_list
from hashmatch.index.index import Index
from hashmatch.model import Entry, KnownHash, MediaHashes
from hashmatch.model.hash import bits_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

KNOWN: Final = "bench-known"
_OTHERS: Final = "bench-others"
_SYNTHETIC: Final = "bench-synthetic"


def make_index(
    folder: Path,
    algorithm: str,
    known: Sequence[MediaHashes],
    others: Sequence[MediaHashes],
    synthetic: "NDArray[np.uint8]",
    *,
    further: "Sequence[tuple[KnownHash, ...]]" = (),
    enrolled: bool = False,
) -> Path:
    """An index of what plain lists say of these pictures.

    Args:
        folder: an empty one that goes when all is measured.
        algorithm: whose hashes are listed.
        known: the entry of the first is called `0`, and so on.
        others: pictures of which no copy is looked for.
        synthetic: (n, bytes) made-up hashes.
        further: hashes of the known pictures, and then of the others, beside the plain ones.
        enrolled: whether these are all that is listed, as `lists enrol` does.
    """
    path = folder / "index"
    with Index.edit(path) as writer:
        writer.put(HashList.of(KNOWN, _entries(known, algorithm, further, enrolled=enrolled)))
        if others:
            rest = _entries(others, algorithm, further[len(known) :], enrolled=enrolled)
            writer.put(HashList.of(_OTHERS, rest))
        if len(synthetic):
            lines = folder / f"{_SYNTHETIC}.txt"
            _write(lines, algorithm, synthetic)
            writer.put(read_list(lines, name=_SYNTHETIC, format="plain"))
    return path


def _entries(
    pictures: Iterable[MediaHashes],
    algorithm: str,
    further: "Sequence[tuple[KnownHash, ...]]",
    *,
    enrolled: bool,
) -> Iterable[Entry]:
    for number, media in enumerate(pictures):
        plain = () if enrolled else upright(media, algorithm)
        hashes = tuple(KnownHash(each, media.quality) for each in plain)
        more = further[number] if number < len(further) else ()
        if hashes or more:
            yield Entry(str(number), hashes=(*hashes, *more))


def _write(path: Path, algorithm: str, codes: "NDArray[np.uint8]") -> None:
    """One hash a line."""
    digits, width = -(-(bits_of(algorithm) or 0) // 4), 2 * codes.shape[1]
    text = codes.tobytes().hex()
    with path.open("w", encoding="ascii") as file:
        file.writelines(
            f"{algorithm}:{text[end - digits : end]}\n"
            for end in range(width, len(text) + 1, width)
        )
