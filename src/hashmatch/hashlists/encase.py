"""Hash sets of EnCase, versions 4 to 6: MD5 digests in a binary file."""

from collections.abc import Iterator
from typing import Final

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row
from hashmatch.model import Digests, Entry
from hashmatch.model.confidence import Confidence

_MAGIC: Final = b"HASH\r\n\xff\0"
_COUNT: Final = slice(0x10, 0x14)
_NAME: Final = slice(0x408, 0x458)
_CATEGORY: Final = slice(0x458, 0x480)
_HEADER: Final = 0x480
_ROW, _MD5 = 18, 16
_AT_ONCE: Final = 1 << 12


class EncaseFormat:
    """The name of the set, its category, and the MD5 of each file; EnCase keeps no names.

    The category is kept as it is, scheme `EnCase`. None makes an entry known-good, `Known` neither:
    what it means is the examiner's word, for `lists import --known-good`. An entry's number and id
    are its place in the set, from 1.
    """

    title = "EnCase hash set (.hash)"
    keyed = False

    def detect(self, head: bytes) -> Confidence:
        """Whether the file starts with EnCase's mark."""
        return Confidence.MAGIC if head.startswith(_MAGIC) else Confidence.NONE

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per digest.

        Raises:
            ListFormatError: the file ends before its first digest, or is of another kind.
        """
        with file.open() as stream:
            header = stream.read(_HEADER)
            if not header.startswith(_MAGIC) or len(header) < _HEADER:
                msg = f"{file} does not start as a hash set of EnCase does"
                raise ListFormatError(msg)
            category = _text(header[_CATEGORY])
            number = 0
            while block := stream.read(_ROW * _AT_ONCE):
                for at in range(0, len(block), _ROW):
                    number += 1
                    yield _row(block[at : at + _ROW], number, category)
        said = int.from_bytes(header[_COUNT], "little")
        if said != number:
            why = f"the set states {said:,} digests, and has {number:,}"
            yield Quarantined(number + 1, why)
        yield About(name=_text(header[_NAME]), details={"digests": said})


def _row(data: bytes, number: int, category: str) -> Row:
    if len(data) < _ROW or any(data[_MD5:]):
        return Quarantined(number, "the row is not an MD5 and two zero bytes")
    return Entry(
        str(number),
        number,
        digests=Digests(md5=data[:_MD5].hex()),
        category=category,
        scheme="EnCase" if category else "",
    )


def _text(data: bytes) -> str:
    return data.decode("utf-16-le", "replace").partition("\0")[0].strip()
