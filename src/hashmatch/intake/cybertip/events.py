"""What a report tells, as events: each with the part that its section gives, and with its keys."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from hashmatch.intake import values
from hashmatch.intake.cybertip.people import Capture, Person, Surroundings
from hashmatch.intake.cybertip.uploads import Upload, uploads_among
from hashmatch.intake.cybertip.vocabulary import PROTECTED
from hashmatch.intake.noting import Fields
from hashmatch.model.digests import Digests
from hashmatch.model.event import Event, EventKind, Role
from hashmatch.model.identifier import Grade, Identifier, IdentifierKind
from hashmatch.model.moment import Moment

_MOST: Final = 60
"""Identifiers of one event; people with more get several events."""

_SENT: Final = "the copy that the provider sent, which is not the one that was uploaded"
_SHARED: Final = "events whose account is also a victim's or a reporter's: their role is left open"
_OPEN: Final = "events from an address that is only a victim's or a reporter's: role left open"
_SEVERAL: Final = "files of a report with several reported people: nobody is named as uploader"


class Telling:
    """Makes events of what was read of one report.

    Args:
        base: of all keys, as `cybertip/123`.
        people: of its sections.
        uploads: its files.
        around: what the report says as a whole.
    """

    def __init__(
        self, base: str, people: list[Person], uploads: list[Upload], around: Surroundings
    ) -> None:
        self._base = base
        self._people = people
        self._uploads = uploads
        self._around = around
        protected = [each for each in people if each.role in PROTECTED]
        self._protected = {
            found
            for each in protected
            for found in each.identifiers
            if found.grade is not Grade.NONE
        }
        self._addresses = {
            found for each in protected for one in each.captures for found in _addresses(one.what)
        }

    def events(self) -> Iterator[Event]:
        """All events, but for that of the incident."""
        for person in self._people:
            yield from self._of_person(person)
        reported = [each for each in self._people if each.role in _REPORTED]
        if len(reported) > 1 and self._uploads:
            self._around.notes.count(_SEVERAL, len(self._uploads))
        who = reported[0] if len(reported) == 1 else None
        for upload in self._uploads:
            yield from self._of_upload(upload, who)

    def _event(self, event: Event) -> Event:
        """The event, whose role is left open where it would name a victim or reporter as acting."""
        if not event.role.acts:
            return event
        if self._protected.intersection(event.identifiers):
            self._around.notes.count(_SHARED)
            return replace(event, role=Role.UNKNOWN)
        others = [each for each in event.identifiers if each.kind is not IdentifierKind.IP]
        if not others and self._addresses.intersection(event.identifiers):
            self._around.notes.count(_OPEN)
            return replace(event, role=Role.UNKNOWN)
        return event

    def _of_person(self, person: Person) -> Iterator[Event]:
        section = _key_of(person)
        fields = Fields(self._around.notes)
        fields.keep("section", person.section)
        fields.update(person.fields)
        for at in range(0, max(len(person.identifiers), 1), _MOST):
            some = tuple(person.identifiers[at : at + _MOST])
            yield self._event(
                Event(
                    kind=EventKind.NAMED,
                    role=person.role,
                    where=person.path,
                    identifiers=some,
                    service=_service(some) or self._around.service,
                    keys=tuple(self._named_keys(section, some)),
                    fields=fields,
                )
            )
            fields = Fields(self._around.notes)
        for capture in person.captures:
            role = _acting(person.role, capture.kind)
            yield self._event(self._captured(capture, role, person.identifiers, section))

    def _named_keys(self, section: str, some: Iterable[Identifier]) -> list[str]:
        """Keys of a section that names somebody: those of what identifies them, if there is any."""
        named = [
            f"{self._base}/{section}/{each.kind.value}/{_short(each.value)}"
            for each in some
            if each.grade is not Grade.NONE or each.kind is IdentifierKind.ACCOUNT
        ]
        return named or [f"{self._base}/{section}"]

    def _captured(self, capture: Capture, role: Role, who: list[Identifier], section: str) -> Event:
        identifiers = (*capture.what, *(each for each in who if each not in capture.what))[:_MOST]
        return Event(
            kind=capture.kind,
            role=role,
            where=capture.path,
            identifiers=identifiers,
            service=_service(identifiers) or self._around.service,
            moment=capture.moment,
            port=capture.port,
            proxy=capture.proxy,
            keys=(f"{self._base}/{section}/{_suffix(capture.kind, capture.moment, capture.what)}",),
            fields=capture.fields,
        )

    def _of_upload(self, upload: Upload, who: Person | None) -> Iterator[Event]:
        role, identifiers = self._uploader(upload, who)
        digests, sent = _digests(upload)
        uploads = uploads_among(upload.captures)
        told: Sequence[Capture | None] = uploads or (None,)
        for each in told:
            event = self._uploaded(upload, each, role, identifiers, digests, alone=not told[1:])
            yield self._event(event)
        named = self._file_keys(upload)
        for capture in upload.captures:
            if capture.kind is not EventKind.UPLOAD:
                held = Role.HOLDER if role is Role.UPLOADER else role
                event = self._captured(capture, held, identifiers, "")
                end = _suffix(capture.kind, capture.moment, capture.what)
                keys = tuple(f"{name}/{end}" for name in named)
                yield self._event(replace(event, keys=keys, name=upload.name, digests=digests))
        if sent:
            yield self._event(
                Event(
                    kind=EventKind.STORED,
                    role=Role.HOLDER if role is Role.UPLOADER else role,
                    where=upload.path,
                    identifiers=tuple(identifiers[:_MOST]),
                    service=self._around.service,
                    name=upload.name,
                    digests=Digests(md5=upload.received),
                    keys=tuple(f"{name}/sent" for name in named),
                    fields={"copy": _SENT},
                )
            )

    def _uploader(self, upload: Upload, who: Person | None) -> tuple[Role, list[Identifier]]:
        """The part of whoever uploaded a file, and what identifies them."""
        if upload.inherited is not None and not upload.inherited.acts:
            return upload.inherited, upload.devices
        if who is None:
            told = any(_addresses(each.what) for each in upload.captures) or upload.devices
            return (Role.UPLOADER if told else Role.UNKNOWN), upload.devices
        role = _acting(who.role, EventKind.UPLOAD)
        return role, [*who.identifiers, *(e for e in upload.devices if e not in who.identifiers)]

    def _uploaded(
        self,
        upload: Upload,
        capture: Capture | None,
        role: Role,
        identifiers: list[Identifier],
        digests: Digests,
        *,
        alone: bool,
    ) -> Event:
        what = capture.what if capture else ()
        moment = (capture.moment if capture else None) or upload.uploaded
        fields = Fields(self._around.notes)
        fields.update(upload.fields)
        for name, text in (capture.fields if capture else {}).items():
            fields.keep(f"capture/{name}", text)
        if upload.uploaded is not None and moment is not upload.uploaded:
            fields.keep("uploadedToEspTimestamp", upload.uploaded.stated)
        end = _suffix(EventKind.UPLOAD, moment, what)
        named = self._file_keys(upload)
        keys = [f"{name}/upload" for name in named] if alone else []
        keys += [f"{name}/{end}" for name in named]
        whole = (*what, *(each for each in identifiers if each not in what))[:_MOST]
        return Event(
            kind=EventKind.UPLOAD,
            role=role,
            where=upload.path,
            identifiers=whole,
            service=_service(whole) or self._around.service,
            name=upload.name,
            digests=digests,
            hashes=tuple(upload.hashes[:_MOST]),
            moment=moment,
            port=capture.port if capture else None,
            proxy=capture.proxy if capture else None,
            keys=tuple(dict.fromkeys(keys)),
            fields=fields,
        )

    def _file_keys(self, upload: Upload) -> list[str]:
        found = [f"{self._base}/file/{_short(upload.id)}"] if upload.id else []
        digests = {*upload.original.values(), upload.received} - {""}
        found += [f"{self._base}/hash/{each}" for each in sorted(digests)]
        if not found:
            found = [f"{self._base}/name/{_short(upload.name)}"]
        return found


_REPORTED: Final = frozenset({Role.HOLDER, Role.COMPROMISED})


def numbered(events: Iterable[Event]) -> Iterator[Event]:
    """Events whose keys are each of one event only: one that comes again gets a number."""
    seen: Counter[str] = Counter()
    for event in events:
        seen.update(event.keys)
        keys = tuple(key if seen[key] == 1 else f"{key}#{seen[key]}" for key in event.keys)
        yield replace(event, keys=keys)


def _digests(upload: Upload) -> tuple[Digests, bool]:
    """Digests of the file that was uploaded, and whether that which was sent is another one."""
    if not upload.original and upload.received:
        return Digests(md5=upload.received), False
    other = bool(upload.received) and upload.original.get("md5") != upload.received
    return values.digests_of(upload.original), other


def _acting(role: Role, kind: EventKind) -> Role:
    return Role.UPLOADER if role is Role.HOLDER and kind is EventKind.UPLOAD else role


def _addresses(what: Iterable[Identifier]) -> list[Identifier]:
    return [each for each in what if each.kind is IdentifierKind.IP]


def _service(some: Iterable[Identifier]) -> str:
    accounts = (each for each in some if each.kind is IdentifierKind.ACCOUNT and each.service)
    return next((each.service for each in accounts), "")


def _key_of(person: Person) -> str:
    """The section in keys: the part alone, as forms of a report name sections differently."""
    return person.role.value if person.role not in _REPORTED else "reported"


def _suffix(kind: EventKind, moment: Moment | None, what: Iterable[Identifier]) -> str:
    """What tells events of one kind apart: the instant, and what was captured."""
    at = moment.earliest.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "-"
    return "/".join([kind.value, at, *(_short(each.value) for each in what)])


def _short(text: str) -> str:
    """A text as a part of a key; a long one by its digest."""
    return text if len(text) <= 80 else hashlib.sha256(text.encode()).hexdigest()[:32]  # noqa: PLR2004 (characters that a reader takes in)
