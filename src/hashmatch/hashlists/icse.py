"""The CSV that Interpol's ICSE database exports."""

from collections.abc import Iterator

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.delimited import (
    check_width,
    content,
    find_header,
    read_records,
    require,
)
from hashmatch.hashlists.values import digest, opaque
from hashmatch.model import Digests, Entry, KnownHash

_SURE = frozenset(("image id", "baseline"))
_HASHES = ("md5", "sha1", "photodna")
_PHOTODNA_BYTES = 144


class IcseFormat:
    """MD5, SHA-1 and PhotoDNA of each image, its id, and flags, which are kept as written.

    ICSE states no category; `Baseline` and the other flags stay in the details.
    """

    title = "ICSE CSV"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the header names ICSE's columns."""
        return find_header(as_text(head).split("\n"), _is_header) is not None

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row; a row with a broken cell is quarantined whole."""
        lines = (line for _, line in file.lines())
        header = require(find_header(lines, _is_header), file, self.title)
        columns = [name.lower() for name in header.columns]
        for record in read_records(file, header):
            if isinstance(record, Quarantined):
                yield record
                continue
            try:
                check_width(record.cells, len(columns))
                yield _entry(columns, header.columns, record.cells, record.number)
            except HashFormatError as error:
                yield Quarantined(record.number, str(error))


def _is_header(names: list[str]) -> bool:
    plain = [name.lower() for name in names]
    return set(plain) >= _SURE and any(name in plain for name in _HASHES)


def _entry(columns: list[str], names: tuple[str, ...], cells: list[str], number: int) -> Entry:
    ours: dict[str, str] = {}
    details: dict[str, str] = {}
    for column, name, cell in zip(columns, names, cells, strict=False):
        if column in _HASHES or column == "image id":
            if text := content(cell):
                ours.setdefault(column, text)
        elif cell.strip():
            details[name] = cell
    known = {name: digest(name, ours[name]) for name in ("md5", "sha1") if name in ours}
    hashes: tuple[KnownHash, ...] = ()
    if "photodna" in ours:
        value = opaque("photodna", ours["photodna"])
        if len(value.value) != _PHOTODNA_BYTES:
            msg = f"a photodna hash has {_PHOTODNA_BYTES} bytes, not {len(value.value)}"
            raise HashFormatError(msg)
        hashes = (KnownHash(value),)
    if not known and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    return Entry(
        id=ours.get("image id", str(number)),
        number=number,
        digests=Digests(**known),
        hashes=hashes,
        scheme="ICSE",
        details=details,
    )
