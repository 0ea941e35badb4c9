"""Files of a report: their names and digests, and when and from where they were uploaded."""

from dataclasses import dataclass, field

from hashmatch.intake import values
from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.cybertip.people import (
    Capture,
    Surroundings,
    keep_others,
    keep_texts,
    read_capture,
)
from hashmatch.intake.node import Node
from hashmatch.intake.noting import Fields
from hashmatch.model.event import EventKind, Role
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier
from hashmatch.model.moment import Moment

_NO_DIGEST = "digests and hashes that are none of their kind, kept as words"
_OTHER_HASHES = "hashes of algorithms that are not compared, kept as words"


@dataclass(slots=True, kw_only=True)
class Upload:
    """A file of a report.

    Attributes:
        path: of its element.
        id: by which NCMEC knows it; empty where none is told.
        name: as it was called when it was uploaded, or else as it was sent.
        original: digests of the file that was uploaded, by name.
        received: MD5 of the file that the provider sent; empty where none is told.
        hashes: of the file that was uploaded.
        uploaded: when, as the provider's own field says.
        captures: of addresses and devices.
        devices: that it was uploaded with.
        inherited: the part of the section that it lies in; None where it lies in none.
        fields: what else it says.
    """

    path: str
    fields: Fields
    inherited: Role | None = None
    id: str = ""
    name: str = ""
    original: dict[str, str] = field(default_factory=dict)
    received: str = ""
    hashes: list[Hash] = field(default_factory=list)
    uploaded: Moment | None = None
    captures: list[Capture] = field(default_factory=list)
    devices: list[Identifier] = field(default_factory=list)


def read_upload(node: Node, path: str, around: Surroundings, inherited: Role | None) -> Upload:
    """The file of a `fileDetails`, or of an uploaded file of the portal."""
    upload = Upload(path=path, fields=Fields(around.notes), inherited=inherited)
    used = {words.REPORT_ID, *words.FILE_ID}
    upload.id = node.said(*words.FILE_ID)
    original, sent = node.said(*words.ORIGINAL_NAME), node.said(*words.NAME)
    upload.name = original or sent
    used |= {*words.ORIGINAL_NAME} if original else {*words.NAME}
    for name in words.PLAIN_DIGESTS:
        if _take_hash(upload, name, node.said(name), around):
            used.add(name)
    stated = node.said(*words.RECEIVED_MD5)
    upload.received = values.digest("md5", stated) or ""
    if upload.received:
        used |= {*words.RECEIVED_MD5}
    elif stated:
        around.notes.count(_NO_DIGEST)
    stated = node.said(*words.UPLOADED)
    upload.uploaded = values.moment(stated, kind="uploaded", zone=around.zone)
    if upload.uploaded is not None:
        used |= {*words.UPLOADED}
    elif stated:
        around.notes.count("times that are none, kept as words")
    upload.fields.keep("text", node.text)
    keep_others(upload.fields, _without_parts(node, path, upload, around), path, around, used)
    return upload


def _without_parts(node: Node, path: str, upload: Upload, around: Surroundings) -> Node:
    """Take captures, devices and hashes, wherever they lie; what is left of the element."""
    left: list[Node] = []
    for place, child in node.places(path):
        key = child.key
        if key in words.CAPTURES | words.DEVICES:
            _take_capture(upload, read_capture(child, place, around.service, around))
        elif key in words.ORIGINAL_HASHES:
            _take_original(upload, child, place, around)
        elif key == "namevaluepair":
            _take_pair(upload, child, place, around)
        elif child.children and not child.value:
            rest = _without_parts(child, place, upload, around)
            if rest.children or rest.attributes:
                left.append(rest)
        else:
            left.append(child)
    return Node(node.name, node.attributes, node.text, left, node.length)


def _take_capture(upload: Upload, capture: Capture) -> None:
    address = any(each.kind == "ip" for each in capture.what)
    if address or capture.moment is not None:
        upload.captures.append(capture)
    else:
        for name, text in capture.fields.items():
            upload.fields.keep(f"capture/{name}", text)
        upload.devices += [each for each in capture.what if each not in upload.devices]


def _take_original(upload: Upload, node: Node, path: str, around: Surroundings) -> None:
    named = node.attribute("hashtype", "type", "name")
    if not _take_hash(upload, named, node.value, around):
        keep_texts(upload.fields, node, path, upload.path, around)


def _take_pair(upload: Upload, node: Node, path: str, around: Surroundings) -> None:
    """A pair of a name and a value: what a file's EXIF says, or one more hash."""
    kind, name, value = node.attribute("type"), node.said("name"), node.said("value")
    if kind.casefold() == "hash" and _take_hash(upload, name, value, around):
        return
    if name and value:
        upload.fields.keep(f"{kind or 'details'}:{name}"[:200], value)
    else:
        keep_texts(upload.fields, node, path, upload.path, around)


def _take_hash(upload: Upload, named: str, text: str, around: Surroundings) -> bool:
    """Take a hash by the name of its algorithm; False where it is none that is compared."""
    if not text:
        return False
    algorithm = words.DIGEST_NAMES.get(named.casefold().strip())
    if algorithm:
        digest = values.digest(algorithm, text)
        if digest is not None and upload.original.setdefault(algorithm, digest) == digest:
            return True
        around.notes.count(_NO_DIGEST)
        return False
    if named.casefold().strip() == "pdq":
        found = values.pdq(text)
        if found is not None:
            upload.hashes += [found] if found not in upload.hashes else []
            return True
        around.notes.count(_NO_DIGEST)
        return False
    around.notes.count(_OTHER_HASHES)
    return False


def uploads_among(captures: list[Capture]) -> list[Capture]:
    """Those that say when and from where the file was uploaded."""
    return [each for each in captures if each.kind is EventKind.UPLOAD]
