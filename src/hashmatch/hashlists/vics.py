"""VICS: the hash sets and cases of Project VIC, versions 1.2, 1.3 and 2.0, in JSON."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, TextIO

from hashmatch.errors import HashFormatError
from hashmatch.hashlists.base import About, ListFile, Quarantined, Row, as_text
from hashmatch.hashlists.jsonfields import (
    as_object,
    first_char,
    normalize_keys,
    text_of,
    without_empty,
)
from hashmatch.hashlists.jsonrows import Closed, OuterFields, rows
from hashmatch.hashlists.values import algorithm_id, date, digest, hash_of, opaque, truth
from hashmatch.model import Digests, Entry, Hash, KnownHash, bits_of
from hashmatch.model.digests import DIGESTS

_FLAGS = (
    *("VictimIdentified", "OffenderIdentified", "IsDistributed", "IsSuspected"),
    *("SelfGenerated", "IsPrecategorized"),
)
_DIGEST_KEYS = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"}
_TAKEN = ("MediaID", "Category", "MD5", "SHA1", "SHA256", "PhotoDNA", "AlternativeHashes")
_DETAILS = (
    *("MediaSize", "MimeType", "DateUpdated", "RelativeFilePath", "FileName", "FilePath"),
    *_FLAGS,
    *("Series", "Tags", "Comments", "PrecategorizationSource", "Exifs", "MediaFiles"),
)
_NAMES = frozenset((*_TAKEN, *_DETAILS))
_SPELLING = {name.lower(): name for name in _NAMES}
_OF_HASH = frozenset(("MD5", "HashName", "HashValue", "HashQuality"))
_SPELLING_OF_HASH = {name.lower(): name for name in _OF_HASH}
_HASH_NAMES = {
    "pdq": "PDQ",
    "photodna": "PhotoDNA",
    "tmk-pdqf": "TMK+PDQF",
    "netclean": "NetClean",
    "sha256": "SHA256",
}
_KNOWN_ALGORITHMS = frozenset(("photodna", "tmk-pdqf"))

_MODEL = re.compile(
    r'"@?odata\.(?:context|metadata)"\s*:\s*"[^"]*projectvic/datamodels/'
    r'[\d.]+xml(?:/(?P<region>[^/"#$]*))?[^"#]*#(?P<kind>media|cases)"',
    re.IGNORECASE,
)
_MEDIA = re.compile(r'"media"\s*:\s*[\[{]', re.IGNORECASE)
_NO_REGION = ("", "default")
_PLAIN_NUMBER = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]*")
_CONTEXT = "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/{}/$metadata#{}"
_MOST_CASES, _LONGEST_CASES = 1000, 4 << 20
"""Cases whose fields are kept, and characters of them; of all others there is the number."""

_MOST_FIELDS = 1000


class VicsFormat:
    """Project VIC's hash sets and cases.

    Categories are regional and stay as they are; `VIC_US` and the like say whose they are. Media
    with the same MediaID all stand. PDQ hashes travel in `AlternativeHashes` as `PDQ`, with their
    quality beside them as `HashQuality`, which other readers pass over.
    """

    title = "Project VIC (VICS 1.2, 1.3 and 2.0), JSON"
    keyed = False

    def detect(self, head: bytes) -> bool:
        """Whether it names VICS' data model, or holds media with MediaID and a digest."""
        text = as_text(head)
        if first_char(text) not in ("{", "["):
            return False
        lower = text.lower()
        return bool(_MODEL.search(text)) or (
            '"mediaid"' in lower and any(f'"{name}"' in lower for name in ("md5", "sha1"))
        )

    def read(self, file: ListFile) -> Iterator[Row]:
        """One entry per media; the fields of the cases around them go to `About`."""
        head = as_text(file.head())
        model = _MODEL.search(head)
        cases = bool(_MEDIA.search(head)) or (
            model is not None and model["kind"].lower() == "cases"
        )
        path = () if first_char(head) == "[" else ("value",)
        scheme = _scheme(model)
        about, number = _Gathered(), 0
        for found in rows(file, *path, *(("media",) if cases else ())):
            if isinstance(found, tuple):
                number = found[0]
                yield _row(found[1], number, scheme)
            elif isinstance(found, Quarantined):
                yield found
            elif isinstance(found, Closed):
                continue
            elif found.path == path and cases and _is_media(found):
                number += 1
                yield _row(dict(found.fields), number, scheme)
            else:
                about.add(found)
        late = _MODEL.search(json.dumps(about.root))
        if late and _scheme(late) != scheme:
            reason = "the region stands after the entries: the scheme of their categories is wrong"
            yield Quarantined(max(number, 1), reason)
        yield about.about()

    def write(self, entries: Iterable[Entry], about: About, out: TextIO) -> Counter[str]:
        """Write a hash set of VICS 2.0, of the region that the first entry's scheme names."""
        lost: Counter[str] = Counter()
        if about.name or about.version or about.owner or about.details:
            lost["what the list says of itself"] += 1
        remaining = iter(entries)
        first = next(remaining, None)
        scheme = first.scheme if first else "VIC"
        out.write(f'{{"@odata.context": {json.dumps(context_of(scheme, "Media"))}, "value": [')
        separator = "\n"
        for entry in chain([first] if first else [], remaining):
            row = media_of(entry, scheme, lost)
            if row is not None:
                out.write(separator + row)
                separator = ",\n"
        out.write("\n]}\n")
        return lost


class _Gathered:
    """What stands around the media."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._cases: list[dict[str, Any]] = []
        self._count = self._length = 0

    def add(self, header: OuterFields) -> None:
        if not header.path:
            if len(self.root) <= _MOST_FIELDS:
                self.root.update(header.fields)
            return
        self._count += 1
        self._length += len(json.dumps(header.fields)) if self._count <= _MOST_CASES else 0
        if self._count <= _MOST_CASES and self._length <= _LONGEST_CASES:
            self._cases.append({key: v for key, v in header.fields.items() if v or v == 0})

    def about(self) -> About:
        details: dict[str, Any] = dict(self.root)
        owner = ""
        if self._cases:
            details["cases"] = self._cases
        if self._count > len(self._cases):
            details["number of cases"] = self._count
        if self._count == len(self._cases) == 1:
            owner = text_of(self._cases[0], "ContactOrganization")
        return About(owner=owner, details=details)


def _scheme(model: "re.Match[str] | None") -> str:
    region = re.sub(r"[^A-Z0-9-]", "", (model["region"] or "").upper()) if model else ""
    return "VIC" if region.lower() in _NO_REGION else f"VIC_{region}"


def _is_media(header: OuterFields) -> bool:
    return any(key.lower() in ("mediaid", "md5", "sha1") for key in header.fields)


def _row(value: object, number: int, scheme: str) -> Row:
    try:
        return _entry(as_object(value), number, scheme)
    except HashFormatError as error:
        return Quarantined(number, str(error))


def _entry(media: dict[str, Any], number: int, scheme: str) -> Entry:
    if not media.keys() <= _NAMES:
        media = normalize_keys(media, _SPELLING)
    taken = {key: media.pop(key) for key in _TAKEN if key in media}
    known = {
        name: text.lower()
        for name, key in _DIGEST_KEYS.items()
        if key in taken and (text := text_of(taken, key))
    }
    hashes: list[KnownHash] = []
    if text := text_of(taken, "PhotoDNA"):
        hashes.append(KnownHash(opaque("photodna", text)))
    details = without_empty(media)
    if alternatives := taken.get("AlternativeHashes"):
        left = _alternatives(alternatives, known, hashes)
        if left:
            details["AlternativeHashes"] = left
    if not known and not hashes:
        msg = "the row has neither a digest nor a hash"
        raise HashFormatError(msg)
    for key in _FLAGS:
        if key in details and type(details[key]) is not bool:
            details[key] = _flag(details[key])
    if isinstance(updated := details.get("DateUpdated"), str):
        details["DateUpdated"] = date(updated)
    return Entry(
        id=text_of(taken, "MediaID") or str(number),
        number=number,
        digests=Digests(**known),
        hashes=tuple(hashes),
        category=text_of(taken, "Category"),
        scheme=scheme,
        details=details,
    )


def _flag(value: Any) -> Any:  # noqa: ANN401 (what is no truth value stays what it is)
    try:
        return truth(value)
    except HashFormatError:
        return value


def _alternatives(value: object, known: dict[str, str], hashes: list[KnownHash]) -> list[Any]:
    """Add the digests and hashes of `AlternativeHashes`.

    Returns:
        Those that could not be understood, or say more than a hash, to be kept as they are.

    Raises:
        HashFormatError: one is broken, contradicts the media, or belongs to another file.
    """
    left: list[Any] = []
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, dict):
            msg = "an alternative hash is no object"
            raise HashFormatError(msg)
        found = each if each.keys() <= _OF_HASH else normalize_keys(each, _SPELLING_OF_HASH)
        md5 = text_of(found, "MD5")
        if md5 and md5.lower() != known.get("md5"):
            msg = "an alternative hash names the MD5 of another file"
            raise HashFormatError(msg)
        text = text_of(found, "HashValue")
        more = {key: each for key, each in found.items() if key not in _OF_HASH}
        if text and not _alternative(found, text, known, hashes):
            left.append(found)
        elif more:
            left.append({"HashName": found.get("HashName"), **more})
    return left


def _alternative(
    found: Mapping[str, Any], text: str, known: dict[str, str], hashes: list[KnownHash]
) -> bool:
    """Add one alternative hash; False if it is of an algorithm that cannot be read."""
    try:
        name = algorithm_id(text_of(found, "HashName"))
    except HashFormatError:
        return False
    if name in DIGESTS:
        value = digest(name, text)
        if known.setdefault(name, value) != value:
            msg = f"the row has two different {name} digests"
            raise HashFormatError(msg)
        return True
    try:
        hash_ = _hash(name, text)
    except HashFormatError:
        if bits_of(name) is not None or name in _KNOWN_ALGORITHMS:
            raise
        return False
    quality = text_of(found, "HashQuality")
    if quality and not (quality.isascii() and quality.isdigit() and len(quality) <= len("100")):
        msg = "quality is a whole number from 0 to 100"
        raise HashFormatError(msg)
    new = KnownHash(hash_, int(quality) if quality else None)
    if new not in hashes:
        hashes.append(new)
    return True


def _hash(name: str, text: str) -> Hash:
    """A hash in hex, or, where that cannot be, in base64."""
    if bits_of(name) is None or _HEX.fullmatch(text):
        return hash_of(name, text)
    return Hash(name, opaque(name, text).value) if bits_of(name) else hash_of(name, text)


def context_of(scheme: str, kind: str) -> str:
    """What the root of a file names: the data model, its region, and `Media` or `Cases`."""
    named = re.fullmatch(r"VIC(?:_([A-Z0-9-]+))?", scheme)
    return _CONTEXT.format((named[1] or "Default") if named else "CUSTOM", kind)


def media_of(entry: Entry, scheme: str, lost: Counter[str]) -> str | None:
    """A media object as JSON; None if VICS cannot say what the entry says.

    Args:
        entry: its details are fields of VICS, by their names there.
        scheme: of the file: categories of another one are left out.
        lost: counts what could not be carried, in words.
    """
    if entry.known_good:
        lost["entries known to be harmless, left out: VICS cannot say so"] += 1
        return None
    digests = {_DIGEST_KEYS[name]: text.upper() for name, text in entry.digests.items()}
    sha256 = digests.pop("SHA256", "")
    alternatives = [{"HashName": "SHA256", "HashValue": sha256}] if sha256 else []
    photodna: dict[str, str] = {}
    for known in entry.hashes:
        if not _carried(known, lost):
            continue
        found = _alternative_of(known)
        if known.hash.algorithm == "photodna" and known.quality is None and not photodna:
            photodna = {"PhotoDNA": found["HashValue"]}
        else:
            alternatives.append(found)
    if not digests and not alternatives and not photodna:
        lost["entries left out: nothing of them fits"] += 1
        return None
    if unknown := entry.details.keys() - _NAMES:
        lost["details that VICS has no field for"] += len(unknown)
    md5 = {"MD5": digests["MD5"]} if "MD5" in digests else {}
    left = entry.details.get("AlternativeHashes")
    media: dict[str, Any] = {
        "MediaID": int(entry.id) if _PLAIN_NUMBER.fullmatch(entry.id) else entry.id,
        "Category": _category(entry, scheme, lost),
        **{key: digests[key] for key in ("MD5", "SHA1") if key in digests},
        **photodna,
        **{key: entry.details[key] for key in _DETAILS if key in entry.details},
        "AlternativeHashes": [
            *({**md5, **each} for each in alternatives),
            *(left if isinstance(left, list) else ()),
        ],
    }
    return json.dumps(media)


def _alternative_of(known: KnownHash) -> dict[str, Any]:
    name = _HASH_NAMES.get(known.hash.algorithm, known.hash.algorithm)
    quality = {} if known.quality is None else {"HashQuality": known.quality}
    return {"HashName": name, "HashValue": _value(known.hash), **quality}


def _category(entry: Entry, scheme: str, lost: Counter[str]) -> int | None:
    if not entry.category:
        return None
    if entry.scheme != scheme:
        lost["categories of another scheme than the file's"] += 1
        return None
    if not _PLAIN_NUMBER.fullmatch(entry.category):
        lost["categories that are no whole number"] += 1
        return None
    return int(entry.category)


def _carried(known: KnownHash, lost: Counter[str]) -> bool:
    algorithm = known.hash.algorithm
    if known.part or known.time is not None:
        lost["hashes of a part or a moment of a file"] += 1
        return False
    if algorithm_id(algorithm) != algorithm or algorithm in DIGESTS or not known.hash.value:
        lost["hashes that would be read as another kind"] += 1
        return False
    return True


def _value(hash_: Hash) -> str:
    """The bits in hex; of PhotoDNA in base64, as readers require, unless that looks like hex."""
    text = base64.b64encode(hash_.value).decode()
    return text if hash_.algorithm == "photodna" and not _HEX.fullmatch(text) else hash_.hex
