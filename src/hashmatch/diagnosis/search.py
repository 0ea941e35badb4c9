"""Whether an index is written, opened and searched exactly, and by which compiled kernels."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np

from hashmatch.diagnosis.decoders import REINSTALL
from hashmatch.diagnosis.model import Check, State
from hashmatch.errors import HashmatchError
from hashmatch.faults import fault_of
from hashmatch.hashlists.building import TableBuilder
from hashmatch.hashlists.reading import HashList
from hashmatch.index.index import Index
from hashmatch.index.verify import verify
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.native import library
from hashmatch.profiles import DEFAULT
from hashmatch.search.ranges import SMALL

_SEED: Final = 20260101


def check_search() -> Iterator[Check]:
    """Build an index large enough for the compiled kernels, and search it; FAISS as the judge."""
    codes = np.random.default_rng(_SEED).integers(0, 256, (SMALL, 32), np.uint8)
    wanted = Hash("pdq", codes[SMALL // 2].tobytes())
    try:
        with TemporaryDirectory(prefix="hashmatch-doctor-") as folder:
            path = Path(folder) / "index"
            with Index.edit(path) as writer:
                writer.update(_list_of(codes))
            index = Index(path)
            matches = Matcher(index).match(wanted)
            wrong = [
                each for each in verify(index, thresholds=DEFAULT.thresholds) if not each.passed
            ]
            del index
    except HashmatchError as error:
        yield Check("search", State.FAILED, str(error), REINSTALL)
    except Exception as error:  # noqa: BLE001 (a diagnosis goes on)
        yield Check("search", State.FAILED, fault_of(error), REINSTALL)
    else:
        if wrong or [match.entry_id for match in matches] != [str(SMALL // 2)]:
            detail = "; ".join(each.error or f"{each.what} is wrong" for each in wrong)
            yield Check("search", State.FAILED, detail or "a known hash was not found", REINSTALL)
        else:
            yield Check(
                "search", State.OK, f"all results in an index of {SMALL:,} hashes were correct"
            )
    yield _of_kernels()


def _list_of(codes: "np.ndarray[tuple[int, int], np.dtype[np.uint8]]") -> HashList:
    builder = TableBuilder()
    for number, code in enumerate(codes):
        hashes = (KnownHash(Hash("pdq", code.tobytes()), 100),)
        builder.add(Entry(str(number), number, hashes=hashes))
    return HashList("doctor", "doctor", sha256="0" * 64, entries=builder.finish())


def _of_kernels() -> Check:
    if reason := library.reason():
        detail = f"{library.SLOW} ({reason})"
        return Check(
            "kernels", State.DEGRADED, detail, "install a C compiler, then hashmatch again"
        )
    return Check("kernels", State.OK, f"compiled kernels are used: {library.version()}")
