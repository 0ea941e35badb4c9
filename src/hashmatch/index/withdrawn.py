"""The rows of an index that were taken back."""

from pathlib import Path

import numpy as np

from hashmatch.index.generation import Generation
from hashmatch.index.sections import SectionFile, damaged


def withdrawn_rows(folder: Path, generation: Generation) -> SectionFile | None:
    """The rows that were taken back: of parts of this generation, ascending."""
    part = generation.withdrawn
    if part is None:
        return None
    file = SectionFile(folder / part.file, sha256=part.sha256)
    file.prove()
    entries = {each.file: each.entries for known in generation.lists for each in known.parts}
    for name, rows in file.arrays.items():
        fits = rows.dtype == np.uint32 and rows.ndim == 1 and (np.diff(rows.astype(int)) > 0).all()
        if not fits or (len(rows) and rows[-1] >= entries.get(name, 0)):
            raise damaged(file.path, f"it names what {name} does not hold")
    return file
