"""Whether an index is written, opened and searched exactly, and where its kernels are kept."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from hashmatch.diagnosis.decoders import REINSTALL
from hashmatch.diagnosis.model import Check, State
from hashmatch.errors import HashmatchError
from hashmatch.faults import fault_of
from hashmatch.hashlists.reading import HashList
from hashmatch.hashlists.table import TableBuilder
from hashmatch.index.index import Index
from hashmatch.index.verify import verify
from hashmatch.matching.matcher import Matcher
from hashmatch.model import Entry, Hash, KnownHash
from hashmatch.profiles import DEFAULT
from hashmatch.search.ranges import SMALL

if TYPE_CHECKING:
    from hashmatch.search.kernels.status import KernelStatus

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


def kernels() -> "KernelStatus | None":
    """The folder of compiled kernels; None where Numba is missing."""
    try:
        from hashmatch.search.kernels.status import kernel_status

        return kernel_status()
    except ImportError:
        return None


def _of_kernels() -> Check:
    try:
        found = kernels()
    except Exception as error:  # noqa: BLE001 (a diagnosis goes on)
        return Check("kernels", State.FAILED, fault_of(error), REINSTALL)
    if found is None:
        advice = "run `pip install numba`"
        return Check("kernels", State.DEGRADED, "Numba is missing: searches are slow", advice)
    if found.compiled and not found.folder:
        return Check(
            "kernels",
            State.DEGRADED,
            f"{found.compiled} kernels are compiled in every process: no folder can store them",
            "set HASHMATCH_CACHE to a folder that you can write to",
        )
    if found.compiled:
        detail = f"{found.compiled} kernels were compiled and stored in {found.folder}"
        return Check("kernels", State.OK, detail)
    return Check(
        "kernels", State.OK, f"{found.loaded} compiled kernels are stored in {found.folder}"
    )
