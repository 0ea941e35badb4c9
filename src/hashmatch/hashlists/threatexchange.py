"""What Meta's ThreatExchange command line exports: CSV, plain lines, and its older CSV."""

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text, most_lines
from hashmatch.hashlists.delimited import (
    HeaderRow,
    Record,
    check_width,
    find_header,
    read_records,
)
from hashmatch.hashlists.values import OPAQUE, digest, frame, hash_of, readings
from hashmatch.model import Digests, Entry, Hash, Json, KnownHash, bits_of

_SCHEME = "ThreatExchange"
_COLUMNS = ("signal_type", "signal_str", "collab", "category", "tags")
_GOOD = frozenset(("NEGATIVE_CLASS", "FALSE_POSITIVE"))
_DIGESTS = {
    **{name: name for name in ("md5", "sha1", "sha256")},
    **dict.fromkeys(("video_md5", "photo_md5", "image_md5", "hash_md5", "hash_video_md5"), "md5"),
    "hash_sha1": "sha1",
    "hash_sha256": "sha256",
}
"""Types whose values are digests of a file. `url_md5` is not: it is of a text."""

_MOST_FRAMES = 10_000
"""Frames in one row, so that the line stays below what readers take."""

_TYPE = (
    r"(?:v?pdq|(?:video_|photo_|image_)?md5|sha1|sha256|photodna|raw_text|trend_query"
    r"|url|url_md5|pdq_\w+|video_\w+|tlsh\w*)"
)
_QUOTED = r"(?:'(?:[^'\\]|\\.){0,500}'|\"(?:[^\"\\]|\\.){0,500}\")"
_OPINION = (
    r"(?:NEGATIVE_CLASS|INVESTIGATION_SEED|POSITIVE_CLASS|DISPUTED"
    r"|FALSE_POSITIVE|WORTH_INVESTIGATING|TRUE_POSITIVE)"
)
_SIGNAL = r"(?:\[\".{0,900000}?\"\]|\S{1,5000})"
_LINE = re.compile(
    rf"(?:({_QUOTED}) )?({_TYPE}) ({_SIGNAL})(?: ({_QUOTED}))?(?: ({_OPINION})\b ?(.*))?"
)
_UNTYPED = re.compile(rf"()()([0-9a-fA-F]{{32,64}})(?: ({_QUOTED}))?(?: ({_OPINION})\b ?(.*))")
_OLD = re.compile(
    r"([0-9a-fA-F]{32,64}),(\d{1,20}),(mine|my_reaction|\d{4}-\d\d-\d\dT[\d:]+[+\-\dZ:]*),(.*)"
)


class ThreatExchangeFormat:
    """`dataset -P --csv`, `dataset -P`, `dataset -P -S`, and `simple.HASH_PDQ.te`.

    The opinion is the category. `NEGATIVE_CLASS` makes an entry known-good; `DISPUTED`, where
    members disagree, does not: it matches, and the details say `disputed`. Signals that are no
    hashes, as texts and addresses, are quarantined. A vPDQ signal is an entry of many hashes.
    """

    title = "ThreatExchange CLI export"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether the header, or most of the first lines, are ThreatExchange's."""
        return _header(as_text(head).split("\n")) is not None or most_lines(head, _plain)

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per row."""
        header = _header(line for _, line in file.lines())
        if header is not None:
            for record in read_records(file, header):
                yield _csv_row(record, header)
            return
        named = Path(file.name).name.lower().removeprefix("simple.").removesuffix(".te")
        for number, line in file.lines():
            text = line.strip()
            if text and not text.startswith("#"):
                yield _line_row(text, number, named)

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """CSV, one row per digest or hash; the frames of a video make one row.

        Returns:
            What was lost: ids, which values belong together, schemes, parts, qualities of
            pictures, and details other than the collaboration and the tags.
        """
        lost: Counter[str] = Counter()
        if about != About():
            lost["name, version or owner of the list"] += 1
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(_COLUMNS)
        for entry in entries:
            rows.writerows(_written(entry, lost))
        return lost


def _header(lines: Iterable[str]) -> HeaderRow | None:
    return find_header(lines, lambda names: set(_COLUMNS[:2]) <= {n.lower() for n in names}, ",\t;")


def _plain(line: str) -> bool:
    return bool(_LINE.fullmatch(line) or _UNTYPED.fullmatch(line) or _OLD.fullmatch(line))


def _csv_row(record: Record | Quarantined, header: HeaderRow) -> Row:
    if isinstance(record, Quarantined):
        return record
    columns = [name.lower() for name in header.columns]
    row = {name: cell.strip() for name, cell in zip(columns, record.cells, strict=False)}
    details: dict[str, Json] = {
        name: row[name.lower()]
        for name in header.columns
        if name.lower() not in _COLUMNS and row.get(name.lower())
    }
    try:
        check_width(record.cells, len(columns))
        kind, value = row.get("signal_type", ""), row.get("signal_str", "")
        return _entry(
            record.number,
            _signal(kind, value),
            row.get("category", ""),
            {
                "signal_type": kind,
                "collab": row.get("collab", ""),
                "tags": row.get("tags", "").split(),
                **details,
            },
        )
    except HashFormatError as error:
        return Quarantined(record.number, str(error))


def _line_row(text: str, number: int, named: str) -> Row:
    """A line of a plain export, or of the older CSV, whose file's name says the type."""
    try:
        if old := _OLD.fullmatch(text):
            value, first, added, labels = old.groups()
            kind = "pdq" if named == "hash_pdq" else named if named in _DIGESTS else ""
            found = _signal(kind, value)
            tags = labels.strip('"').split()
            details: dict[str, Json] = {"first_descriptor_id": first, "added_on": added}
            details |= {"tags": tags, "disputed": "disputed" in tags}
            return _entry(number, found, "", details, good="false_positive" in tags)
        found_line = _LINE.fullmatch(text) or _UNTYPED.fullmatch(text)
        if not found_line:
            return Quarantined(number, "the line is not a type, a signal and an opinion")
        before, kind, value, after, opinion, tags_text = found_line.groups()
        collab = _unquoted(before or after or "")
        tags = re.split(r"[\s,]+", (tags_text or "").strip()) if tags_text else []
        details = {"signal_type": kind, "collab": collab, "tags": tags}
        return _entry(number, _signal(kind, value), opinion or "", details)
    except HashFormatError as error:
        return Quarantined(number, str(error))


def _unquoted(text: str) -> str:
    return re.sub(r"\\(['\"\\])", r"\1", text[1:-1])


def _signal(kind: str, value: str) -> tuple[Digests, tuple[KnownHash, ...]]:
    """The digest or the hashes of a signal."""
    plain = kind.strip().lower()
    if not plain:
        digests, hashes = readings(value)
        return digests, tuple(KnownHash(each) for each in hashes)
    if plain in _DIGESTS:
        name = _DIGESTS[plain]
        return Digests(**{name: digest(name, value)}), ()
    if plain == "vpdq":
        return Digests(), _video(value)
    algorithm = plain.replace("_", "-")
    if algorithm not in OPAQUE and bits_of(algorithm) is None:
        msg = "signals of this type are not hashes that hashmatch knows"
        raise HashFormatError(msg)
    return Digests(), (KnownHash(hash_of(algorithm, value)),)


def _video(text: str) -> tuple[KnownHash, ...]:
    """The frames of a vPDQ signal: a JSON list of `hash,quality,time`."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list) or not rows:
        msg = "a vpdq signal is a list of frames in JSON"
        raise HashFormatError(msg)
    frames = [row.split(",") if isinstance(row, str) else [] for row in rows]
    if any(len(parts) != 3 for parts in frames):  # noqa: PLR2004 (hash, quality, time)
        msg = "a frame of a vpdq signal is a hash, a quality and a time"
        raise HashFormatError(msg)
    return tuple(frame(*parts) for parts in frames)


def _entry(
    number: int,
    found: tuple[Digests, tuple[KnownHash, ...]],
    opinion: str,
    details: dict[str, Json],
    *,
    good: bool = False,
) -> Entry:
    if opinion == "DISPUTED":
        details["disputed"] = True
    return Entry(
        id=str(number),
        number=number,
        digests=found[0],
        hashes=found[1],
        category=opinion,
        scheme=_SCHEME if opinion else "",
        known_good=good or opinion in _GOOD,
        details={name: value for name, value in details.items() if value},
    )


def _written(entry: Entry, lost: Counter[str]) -> Iterator[list[str]]:
    details = entry.details
    kind = str(details.get("signal_type", ""))
    frames = [known for known in entry.hashes if known.time is not None]
    pictures = [known for known in entry.hashes if known.time is None]
    stills = [known for known in pictures if _carried(known.hash)]
    values = [(name, value) for name, value in entry.digests.items()]
    signals = [(kind if _DIGESTS.get(kind) == name else name, value) for name, value in values]
    signals += [(known.hash.algorithm, known.hash.hex) for known in stills]
    rated = [k for k in frames if k.hash.algorithm == "pdq" and k.quality is not None]
    for start in range(0, len(rated), _MOST_FRAMES):
        some = [_frame(known) for known in rated[start : start + _MOST_FRAMES]]
        signals.append(("vpdq", json.dumps(some)))
    tags = details.get("tags")
    words = [str(tag) for tag in tags] if isinstance(tags, list | tuple) else []
    kept = [word for word in words if word and not re.search(r"\s", word)]
    opinion = entry.category if entry.scheme == _SCHEME else ""
    if not opinion and entry.known_good:
        opinion = "NEGATIVE_CLASS"
    for what, count in (
        ("an entry's own id", int(entry.id != str(entry.number))),
        ("which values belong to one entry", int(len(signals) > 1)),
        ("a category of another scheme", int(bool(entry.category) and entry.scheme != _SCHEME)),
        ("a scheme without category", int(bool(entry.scheme) and not entry.category)),
        ("quality of a picture", sum(known.quality is not None for known in stills)),
        ("what part of the file a hash is of", sum(bool(k.part) for k in entry.hashes)),
        ("a frame without quality, or of another algorithm than pdq", len(frames) - len(rated)),
        ("a hash of an algorithm that is known by name only", len(pictures) - len(stills)),
        ("a tag with a space in it", len(words) - len(kept)),
        ("other details", len(details.keys() - {"signal_type", "collab", "tags", "disputed"})),
    ):
        if count:
            lost[what] += count
    collab = " ".join(str(details.get("collab", "")).split())
    for name, value in signals:
        yield [name, value, collab, opinion, " ".join(kept)]


def _carried(value: Hash) -> bool:
    return value.bits is not None or value.algorithm in OPAQUE


def _frame(known: KnownHash) -> str:
    return f"{known.hash.hex},{known.quality},{known.time:.3f}"
