"""People and accounts of a report: who they are, and what was captured of them."""

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from typing import Final

from hashmatch.intake import values
from hashmatch.intake.cybertip import vocabulary as words
from hashmatch.intake.node import LONGEST_TEXT, Node
from hashmatch.intake.noting import Fields, Notes
from hashmatch.model.event import EventKind, QuarantinedRow, Role
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.moment import Moment

_NO_TIME: Final = "times that are none, kept as words"
_NO_IDENTIFIER: Final = "identifiers that are none of their kind, kept as words"
_NO_PORT: Final = "ports that are none, kept as words"


@dataclass(slots=True)
class Surroundings:
    """What a report says of itself as a whole, and what is noted while it is read."""

    zone: str = ""
    service: str = ""
    notes: Notes = field(default_factory=Notes)
    quarantined: list[QuarantinedRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One capture of an address or a device, with the event that it was captured from."""

    path: str
    kind: EventKind
    what: tuple[Identifier, ...]
    moment: Moment | None
    port: int | None
    proxy: bool | None
    fields: Fields


@dataclass(slots=True)
class Person:
    """A section of a person or an account.

    Attributes:
        role: the part that all in it have.
        section: the name of its element, as the source writes it.
        path: of the element.
        identifiers: of the person, without addresses.
        captures: with their events.
        fields: what else it says.
    """

    role: Role
    section: str
    path: str
    fields: Fields
    identifiers: list[Identifier] = field(default_factory=list)
    captures: list[Capture] = field(default_factory=list)


def texts(node: Node, path: str, around: Surroundings) -> Iterator[tuple[str, str]]:
    """All texts and attributes in an element, with their paths; too long ones are quarantined."""
    if node.length > LONGEST_TEXT:
        why = f"a text of {node.length:,} characters: at most {LONGEST_TEXT:,} are kept"
        around.quarantined.append(QuarantinedRow(where=path, reason=why))
    elif node.text:
        yield path, node.text
    elif not node.children and not node.attributes and "annotations/" in path.casefold():
        yield path, "present"  # a flag, as <potentialMeme/>
    for name, text in node.attributes.items():
        yield f"{path}@{name}", text
    for place, child in node.places(path):
        yield from texts(child, place, around)


def keep_texts(fields: Fields, node: Node, path: str, above: str, around: Surroundings) -> None:
    """Keep all that an element says, under its path below another one."""
    for place, text in texts(node, path, around):
        fields.keep(place.removeprefix(f"{above}/"), text)


def keep_others(
    fields: Fields, node: Node, path: str, around: Surroundings, used: Container[str]
) -> None:
    """Keep what an element says, but for children of the names that were used."""
    for name, text in node.attributes.items():
        fields.keep(f"@{name}", text)
    for place, child in node.places(path):
        if child.key not in used:
            keep_texts(fields, child, place, path, around)


class PersonReader:
    """Reads a section, and the sections in it."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.people: list[Person] = []

    def read(self, node: Node, path: str, inherited: Role | None = None) -> None:
        """Read a section.

        Args:
            node: its element.
            path: of the element.
            inherited: the part that everybody in the section around it has.
        """
        role = part_of(node, inherited)
        person = Person(role, node.name, path, Fields(self._around.notes))
        service = node.said(words.SERVICE) or self._around.service
        for name, text in node.attributes.items():
            person.fields.keep(f"@{name}", text)
        if node.text:
            alone = Node(node.name, {}, node.text, [], node.length)
            keep_texts(person.fields, alone, path, path.rpartition("/")[0], self._around)
        place = len(self.people)
        self._within(node, path, person, service)
        if person.identifiers or person.captures or person.fields:
            self.people.insert(place, person)

    def _within(self, node: Node, path: str, person: Person, service: str) -> None:
        for place, child in node.places(path):
            key = child.key
            if key in words.FILES:
                continue  # files are the report's own, wherever they lie
            if key in words.SECTIONS:
                self.read(child, place, person.role)
            elif key in words.CAPTURES | words.DEVICES:
                self._captured(child, place, person, service)
            elif key == "ipaddress":
                self._address(child, place, person)
            elif key in words.IDENTIFIERS:
                self._identifier(child, place, person, service)
            elif child.children and not child.value:
                self._within(child, place, person, service)
            else:
                keep_texts(person.fields, child, place, person.path, self._around)

    def _address(self, node: Node, path: str, person: Person) -> None:
        address, port = values.address(node.value)
        if address is None:
            self._around.notes.count(_NO_IDENTIFIER)
            keep_texts(person.fields, node, path, person.path, self._around)
            return
        person.captures.append(
            Capture(
                path=path,
                kind=EventKind.OTHER,
                what=(address,),
                moment=None,
                port=port,
                proxy=None,
                fields=Fields(self._around.notes),
            )
        )

    def _identifier(self, node: Node, path: str, person: Person, service: str) -> None:
        kind = words.IDENTIFIERS[node.key]
        text = node.value
        if kind is IdentifierKind.PHONE:
            text = _whole_number(node)
        found = values.identifier(kind, text, service)
        if found is None:
            self._around.notes.count(_NO_IDENTIFIER)
            keep_texts(person.fields, node, path, person.path, self._around)
            return
        if found not in person.identifiers:
            person.identifiers.append(found)
        below = path.removeprefix(f"{person.path}/")
        for name, said in node.attributes.items():
            person.fields.keep(f"{below}@{name}", said)
        for child in node.children:
            if child.key != "value" and child.text:
                person.fields.keep(f"{below}@{child.name}", child.text)

    def _captured(self, node: Node, path: str, person: Person, service: str) -> None:
        capture = read_capture(node, path, service, self._around)
        if any(each.kind is IdentifierKind.IP for each in capture.what) or capture.moment:
            person.captures.append(capture)
        else:
            for name, text in capture.fields.items():
                person.fields.keep(f"{path.removeprefix(f'{person.path}/')}/{name}", text)
        for each in capture.what:
            if each.kind is not IdentifierKind.IP and each not in person.identifiers:
                person.identifiers.append(each)


def read_capture(node: Node, path: str, service: str, around: Surroundings) -> Capture:
    """An `ipCaptureEvent`, a `deviceId` with its event, or a capture of the portal."""
    fields = Fields(around.notes)
    named = node.said("eventname")
    kind = words.EVENTS.get(named.casefold().strip(), EventKind.OTHER)
    port = values.port(node.said("port"))
    what, behind = _what(node, service)
    used = {"eventname"} if kind is not EventKind.OTHER else set[str]()
    if what:
        used |= {"ipaddress", "idvalue", "value", "idtype", "capturetype"}
    elif any(node.said(name) for name in ("ipaddress", "idvalue", "value")) or node.text:
        around.notes.count(_NO_IDENTIFIER)
    stated = node.said("datetime")
    moment = values.moment(stated, kind=words.MOMENTS[kind], zone=around.zone) if stated else None
    if moment is not None:
        used.add("datetime")
    elif stated:
        around.notes.count(_NO_TIME)
    if port is not None:
        used.add("port")
    elif node.said("port"):
        around.notes.count(_NO_PORT)
    proxy = values.truth(node.said("possibleproxy"))
    if proxy is not None:
        used.add("possibleproxy")
    keep_others(fields, node, path, around, used)
    if not what:
        fields.keep("text", node.text)
    return Capture(
        path=path,
        kind=kind,
        what=what,
        moment=moment,
        port=behind if port is None else port,
        proxy=proxy,
        fields=fields,
    )


def _what(node: Node, service: str) -> tuple[tuple[Identifier, ...], int | None]:
    """What was captured, and the port that stands behind an address."""
    if text := node.said("ipaddress"):
        address, port = values.address(text)
        return ((address,) if address else ()), port
    said = node.said("idvalue", "value") or node.text
    named = (node.said("idtype", "capturetype") or "").casefold().strip()
    if node.key in words.DEVICES:
        kind = words.DEVICE_KINDS.get(named, IdentifierKind.DEVICE)
    elif named in words.CAPTURE_KINDS:
        kind = words.CAPTURE_KINDS[named]
        exact = node.said("valuetype").casefold().strip()
        if kind is IdentifierKind.DEVICE:
            kind = words.DEVICE_KINDS.get(exact, kind)
    else:
        return (), None
    if not said:
        return (), None
    if kind is IdentifierKind.IP:
        address, port = values.address(said)
        return ((address,) if address else ()), port
    found = values.identifier(kind, said, service)
    return ((found,) if found else ()), None


def part_of(node: Node, inherited: Role | None) -> Role:
    """The part of who is in a section; nobody in a section of others acts who is not said to."""
    role = words.SECTIONS[node.key]
    if inherited in words.PROTECTED or (inherited and role.acts and not inherited.acts):
        return inherited
    if role is Role.HOLDER and values.truth(node.said(words.COMPROMISED)):
        return Role.COMPROMISED
    if role is Role.HOLDER and values.truth(node.said(words.THIRD_PARTY)):
        return Role.ASSOCIATED
    return role


def _whole_number(node: Node) -> str:
    number = node.value.strip()
    code = node.attribute("countrycallingcode").strip()
    if not code or number.startswith(("+", "00")):
        return number
    return f"+{code.lstrip('+')} {number}"
