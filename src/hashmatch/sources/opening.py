"""Evidence at a path, opened by the kind of source that is surest of it."""

import os
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hashmatch import registry
from hashmatch.errors import SourceError
from hashmatch.files.regular import check_regular
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import HEAD, Found, Source
from hashmatch.sources.excluding import Excluding


def open_source(path: str | os.PathLike[str], *, excluded: Sequence[str] = ()) -> Source:
    """The evidence at a path: a folder, a file, or what a registered kind of source reads.

    The kind that is surest of it opens it; of equally sure ones the first by name.

    Args:
        path: of a file or folder.
        excluded: patterns of files that are listed and not read, as `Excluding` takes them.

    Raises:
        SourceError: there is nothing, it is no kind of evidence, as a pipe, or it cannot be opened.
        ValueError: a pattern is empty.
    """
    name = os.fspath(path)
    try:
        status = os.stat(name)  # noqa: PTH116 (names that are no text)
    except OSError as error:
        msg = f"cannot open {name!r}: {error.strerror}"
        raise SourceError(msg) from None
    is_file = stat.S_ISREG(status.st_mode)
    if not stat.S_ISDIR(status.st_mode) and not stat.S_ISBLK(status.st_mode):
        _check_is_evidence(name)
    head = b""
    if is_file:
        with suppress(OSError), open_evidence(name) as file:
            head = file.read(HEAD)
    kinds = {each: registry.find("sources", each) for each in registry.names("sources")}
    sure = {each: kind.detect(name, head) for each, kind in kinds.items()}
    surest = min(sure, key=lambda each: (-sure[each], each))
    source: Source = kinds[surest](name)
    return Excluding(source, excluded) if excluded else source


def _check_is_evidence(name: str) -> None:
    """Refuse what holds no evidence, and could keep its reader waiting.

    Raises:
        SourceError: it is such a thing.
    """
    try:
        check_regular(Path(name))
    except OSError as error:
        msg = f"cannot open {name!r}: {error.strerror}: name a folder, a file or a disk image"
        raise SourceError(msg) from None


def source_of(
    evidence: "str | os.PathLike[str] | Source | Iterable[Found]",
) -> Source | Iterable[Found]:
    """What was given, opened if it is a path.

    Raises:
        SourceError: there is nothing at the path, or it cannot be opened.
    """
    return open_source(evidence) if isinstance(evidence, str | os.PathLike) else evidence
