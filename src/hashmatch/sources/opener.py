"""Opens what a source found, in this process or in a worker that builds the source again."""

import io
import os
import pickle
import stat
from collections.abc import Iterable
from importlib import import_module
from typing import Any, BinaryIO, Final, NamedTuple, cast

from hashmatch.errors import SourceError
from hashmatch.sources.access import open_evidence
from hashmatch.sources.base import Found, Source, opens_paths


class Opener:
    """Opens files by their paths, as those of folders.

    It is pickled to workers. `handle` is called where the source is, `open` where the file is
    read; what goes between them is pickled too.
    """

    def handle(self, found: Found) -> object:
        """What `open` takes."""
        return found.path

    def open(self, handle: object) -> BinaryIO:
        """The file: seekable, read-only.

        Raises:
            OSError: it cannot be opened.
            UnreadableError: it cannot be read, with the reason.
        """
        return open_evidence(str(handle))

    def path(self, handle: object) -> str | None:
        """Where on this system a file lies that `open` opens; None where it lies in another."""
        return str(handle)

    def beside(self, found: Found, ending: str) -> object | None:
        """What `open` takes of the file beside another one that has its name without an ending.

        Args:
            found: the other file.
            ending: of its path.

        Returns:
            None where there is no such file.
        """
        path = found.path.removesuffix(ending)
        if path == found.path:
            return None
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            return None
        return path if stat.S_ISREG(mode) else None

    def warm_up(self) -> None:
        """Load all that `open` may need; called in a worker before it is locked down."""


class SourceOpener(Opener):
    """Opens files by the source that found them.

    In a worker the source is built again when its first file is opened: behind the sandbox, as
    that may read evidence. Only the modules that it needs are loaded before.
    """

    def __init__(self, source: Source) -> None:
        """Open what this source finds."""
        self._source: Source | None = source
        self._recipe = _Recipe()

    def handle(self, found: Found) -> object:
        """The file as it was found."""
        return found

    def open(self, handle: object) -> BinaryIO:
        """The file, as the source opens it."""
        if self._source is None:
            self._source = pickle.loads(self._recipe.pickled)  # noqa: S301 (from our own parent)
        return self._source.open(cast("Found", handle))

    def beside(self, found: Found, ending: str) -> object | None:
        """What the source finds, if it has a method `beside` with these arguments."""
        find = getattr(self._source, "beside", None)
        return find(found, ending) if callable(find) else None

    def path(self, handle: object) -> str | None:
        """Only the source knows."""
        del handle
        return None

    def warm_up(self) -> None:
        """Import what the source needs, and have its class load what it needs besides."""
        for module in self._recipe.modules:
            import_module(module)
        for module, name in self._recipe.sources:
            kind: Any = import_module(module)
            for part in name.split("."):
                kind = getattr(kind, part)
            kind.warm_up()

    def __getstate__(self) -> "_Recipe":
        """What the source is built from.

        Raises:
            SourceError: a worker could not build it.
        """
        return self._recipe if self._source is None else _recipe_of(self._source)

    def __setstate__(self, recipe: "_Recipe") -> None:
        """Keep what the source is built from; nothing is built yet."""
        self._source = None
        self._recipe = recipe


class _Recipe(NamedTuple):
    """What a source is built from.

    Attributes:
        pickled: the source.
        modules: of all classes and functions that it needs.
        sources: module and name of each class of a source in it that loads something besides.
    """

    pickled: bytes = b""
    modules: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()


def _recipe_of(source: Source) -> _Recipe:
    out = io.BytesIO()
    pickler = _Pickler(out)
    msg = f"workers cannot build the source {type(source).__name__} again"
    try:
        pickler.dump(source)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"{msg}: it cannot be pickled: {error}"
        raise SourceError(msg) from None
    if "__main__" in pickler.modules:
        msg = (
            f"{msg}: move its class from the script that is run to a module that can be imported, "
            "or scan with workers=0"
        )
        raise SourceError(msg)
    return _Recipe(out.getvalue(), tuple(sorted(pickler.modules)), tuple(sorted(pickler.sources)))


class _Pickler(pickle.Pickler):
    """Keeps what must be imported to build a value again."""

    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(out)
        self.modules: set[str] = set()
        self.sources: set[tuple[str, str]] = set()

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 (as Python has it)
        module, name = (getattr(value, each, None) for each in ("__module__", "__qualname__"))
        if isinstance(module, str) and isinstance(name, str):
            self.modules.add(module)
            if isinstance(value, type) and hasattr(value, "open") and hasattr(value, "warm_up"):
                self.sources.add((module, name))
        return NotImplemented


FILES: Final = Opener()
"""Opens files by their paths."""


def opener_of(source: Source | Iterable[Found]) -> Opener:
    """What opens the files of a source; of values that are no source, by their paths."""
    return FILES if opens_paths(source) else SourceOpener(cast("Source", source))
