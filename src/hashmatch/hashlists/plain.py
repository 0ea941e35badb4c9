"""Plain hashes or digests, one a line."""

import re
from collections.abc import Iterable, Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import Rejected, Row, parse_value
from hashmatch.model import Digests, Entry, Hash

_BARE_64 = re.compile(r"[0-9a-fA-F]{64}")
_HEX_LINE = re.compile(r"(?:[a-z0-9-]+:)?[0-9a-fA-F]{8,}$", re.IGNORECASE)
_BALANCED = 128
_ENOUGH_LINES = 16


class PlainFormat:
    """`md5`, `sha1` and 64-digit values bare, or any with its name in front: `pdq:f8f8…`.

    Empty lines and lines that start with `#` are passed over. 64 bare hex digits can be a
    SHA-256 or a PDQ hash. The PDQ hash of a real picture has exactly 128 one-bits and 19 of 20
    SHA-256 digests have not, so a file of many tells which; of a short file both readings are
    kept, as a value read the wrong way meets nothing.
    """

    def detect(self, head: str) -> bool:
        """Whether the first line that is no comment is a hash."""
        lines = (line.strip() for line in head.splitlines())
        first = next((line for line in lines if line and not line.startswith("#")), "")
        return bool(_HEX_LINE.match(first))

    def read(self, lines: Iterable[str]) -> Iterator[Row]:
        """One entry per line."""
        numbered = [
            (number, text)
            for number, line in enumerate(lines, 1)
            if (text := line.strip()) and not text.startswith("#")
        ]
        bare = [text for _, text in numbered if _BARE_64.fullmatch(text)]
        balanced = sum(int(text, 16).bit_count() == _BALANCED for text in bare)
        pdq = len(bare) < _ENOUGH_LINES or 2 * balanced > len(bare)
        sha256 = len(bare) < _ENOUGH_LINES or not pdq
        for number, text in numbered:
            try:
                if _BARE_64.fullmatch(text):
                    yield Entry(
                        id=str(number),
                        digests=Digests(sha256=text.lower()) if sha256 else Digests(),
                        hashes=(Hash.fromhex("pdq", text),) if pdq else (),
                    )
                    continue
                value = parse_value(text)
                if isinstance(value, Hash):
                    yield Entry(str(number), hashes=(value,))
                else:
                    yield Entry(str(number), digests=value)
            except HashFormatError as error:
                yield Rejected(number, str(error))
