"""Which readers of archives, documents and mail are installed."""

from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from typing import Final

from hashmatch.diagnosis.model import Check, State
from hashmatch.sources.inside.decompressors import ZSTD
from hashmatch.sources.inside.parsers import PARSERS, is_installed, parser_of
from hashmatch.wording import to_install

_FURTHER: Final = (
    ("archives", "Zstandard in zip archives", ZSTD),
    ("archives", "Deflate64 in zip archives", "inflate64"),
    ("archives", "AES in zip archives", "Cryptodome.Cipher.AES"),
    ("docs", "encrypted Office documents", "msoffcrypto"),
)
"""What a reader needs for some files alone: its extra, what it is, and the module."""


def check_readers() -> Iterator[Check]:
    """Each extra with what it reads: what is missing is not read, and is said of each file."""
    there: dict[str, list[str]] = defaultdict(list)
    missing: dict[str, list[str]] = defaultdict(list)
    for kind in PARSERS:
        parser = parser_of(kind)
        if parser is not None:
            (there if is_installed(parser) else missing)[parser.extra].append(kind)
    for extra, what, module in _FURTHER:
        (there if _can_be_imported(module) else missing)[extra].append(what)
    yield Check("readers", State.OK, ", ".join(there.pop("")))
    for extra in sorted({*there, *missing}):
        name = f"extra {extra}"
        if lacking := missing[extra]:
            detail = f"cannot be read: {', '.join(lacking)}"
            advice = to_install(extra)
            yield Check(name, State.OPTIONAL, detail, advice)
        else:
            yield Check(name, State.OK, ", ".join(there[extra]))


def _can_be_imported(module: str) -> bool:
    try:
        import_module(module)
    except ImportError:
        return False
    return True
