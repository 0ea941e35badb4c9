"""STIX 2.1: indicators of list entries, sightings of them, and marking definitions.

A sighting names an indicator (`sighting_of_ref` takes a domain object, not a file), the file that
was observed, and the exhibit as an identity of the class `system`. Identifiers follow from the
record, so that a second export replaces the first one where it is loaded.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, BinaryIO, Final
from uuid import UUID

from hashmatch.exports.facts import Facts, SeenFile
from hashmatch.exports.objects import instant, named, write_objects
from hashmatch.model.handling import TLP
from hashmatch.visible import printable

_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_OF_TLP: Final = dict(
    zip(
        TLP,
        (
            "e828b379-4e03-4974-9ac4-e53a884c97c1",
            "939a9414-2ddd-4d32-a0cd-375ea402b003",
            "55d920b0-5e8b-4f79-9ee9-91f868d9b421",
            "bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
            "94868c89-83c2-464b-929b-a1a8aa3c8487",
        ),
        strict=True,
    )
)
"""Marking definitions of TLP 2.0, as OASIS has published them."""
_TLP_AT: Final = "2022-10-01T00:00:00.000Z"
_EVENTS: Final = "events: STIX has no object for an upload or a log-in of a report"
_HASHES: Final = (("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256"))


class StixExport:
    """A bundle: marking definitions, identities, indicators, and per sighting what was observed."""

    suffix = ".stix.json"
    of_links = False

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the objects as they come."""
        bundle = _Bundle(facts)
        ident = f"bundle--{named(facts.record, 'bundle', facts.case, facts.head)}"
        write_objects(out, {"type": "bundle", "id": ident}, "objects", bundle.objects())
        told = sum(1 for _ in facts.events(with_times=False))
        return Counter({_EVENTS: told} if told else {})


class _Bundle:
    """A bundle in the making. What has been written once is known by 16 bytes."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._known: set[UUID] = set()
        self._tool = f"identity--{named('', 'hashmatch')}"

    def objects(self) -> Iterator[dict[str, Any]]:
        at = self._facts.at
        yield self._object("identity", named("", "hashmatch"), _stamp(at), ()) | {
            "name": "hashmatch",
            "identity_class": "system",
            "description": f"hashmatch {self._facts.tool}, record {self._facts.record}, "
            f"head {self._facts.head}",
        }
        for seen in self._facts.sightings():
            yield from self._markings(seen.handling)
            yield from self._exhibit(seen)
            yield from self._indicator(seen)
            yield from self._sighting(seen)

    def _is_new(self, name: UUID) -> bool:
        if name in self._known:
            return False
        self._known.add(name)
        return True

    def _object(self, kind: str, name: UUID, at: str, marks: Iterable[str]) -> dict[str, Any]:
        """What all domain and relationship objects have."""
        refs = [_marking_id(each) for each in marks]
        made = {"type": kind, "spec_version": "2.1", "id": f"{kind}--{name}"}
        if name != named("", "hashmatch"):
            made["created_by_ref"] = self._tool
        made |= {"created": at, "modified": at}
        return made | ({"object_marking_refs": refs} if refs else {})

    def _markings(self, marks: Iterable[str]) -> Iterator[dict[str, Any]]:
        for mark in marks:
            ident = _marking_id(mark)
            if not self._is_new(UUID(ident.partition("--")[2])):
                continue
            made = {"type": "marking-definition", "spec_version": "2.1", "id": ident}
            if mark in _OF_TLP:
                level = mark.partition(":")[2].lower()
                told = {"extension_type": "property-extension", "tlp_2_0": level}
                yield made | {"created": _TLP_AT, "name": mark, "extensions": {_EXTENSION: told}}
            else:
                statement = {"statement": printable(mark)}
                told_of = {"definition_type": "statement", "definition": statement}
                yield made | {"created": _TLP_AT, **told_of}

    def _exhibit(self, seen: SeenFile) -> Iterator[dict[str, Any]]:
        name = self._name_of("exhibit", seen.exhibit.id)
        if self._is_new(name):
            exhibit = seen.exhibit
            yield self._object("identity", name, _stamp(self._facts.at), seen.handling) | {
                "name": printable(f"{exhibit.case} / {exhibit.label}"),
                "identity_class": "system",
            }

    def _indicator(self, seen: SeenFile) -> Iterator[dict[str, Any]]:
        """The entry of the list, by the digests of the known file or else by its hash."""
        match, at = seen.sighting.match, _stamp(seen.sighting.at)
        name = self._name_of("entry", match.list_name, match.entry_id)
        if self._is_new(name):
            yield self._object("indicator", name, at, seen.handling) | {
                "name": printable(f"{match.list_name}/{match.entry_id}"),
                "description": printable(f"category {match.scheme}/{match.category}"),
                "indicator_types": ["unknown"],
                "pattern": _pattern(seen),
                "pattern_type": "stix",
                "valid_from": at,
            }

    def _sighting(self, seen: SeenFile) -> Iterator[dict[str, Any]]:
        sighting, item = seen.sighting, seen.sighting.item
        at, match = _stamp(sighting.at), sighting.match
        file = f"file--{self._name_of('item', item.id)}"
        digests = {ours: getattr(item.digests, name) for name, ours in _HASHES}
        hashes = {name: value for name, value in digests.items() if value}
        if self._is_new(self._name_of("item", item.id)):
            name = printable(item.locator.rpartition("/")[2] or item.locator)
            refs = [_marking_id(each) for each in seen.handling]
            found: dict[str, Any] = {"type": "file", "spec_version": "2.1", "id": file}
            found |= {"hashes": hashes} if hashes else {}
            found |= {"size": item.size} if item.size is not None else {}
            found |= {"name": name}
            yield found | ({"object_marking_refs": refs} if refs else {})
        observed = self._name_of("observed", sighting.id)
        yield self._object("observed-data", observed, at, seen.handling) | {
            "first_observed": at,
            "last_observed": at,
            "number_observed": 1,
            "object_refs": [file],
        }
        ident = self._name_of("sighting", sighting.id)
        yield self._object("sighting", ident, at, seen.handling) | {
            "description": printable(
                f"{match.kind.value}, {match.algorithm} distance {match.distance} of at most "
                f"{match.threshold}; {item.locator}{'; ' * bool(seen.later)}{seen.later}"
            ),
            "first_seen": at,
            "last_seen": at,
            "count": 1,
            "sighting_of_ref": (
                f"indicator--{self._name_of('entry', match.list_name, match.entry_id)}"
            ),
            "observed_data_refs": [f"observed-data--{observed}"],
            "where_sighted_refs": [f"identity--{self._name_of('exhibit', seen.exhibit.id)}"],
        }

    def _name_of(self, *parts: object) -> UUID:
        return named(self._facts.record, *parts)


def _marking_id(mark: str) -> str:
    return f"marking-definition--{_OF_TLP.get(mark) or named('', 'mark', mark)}"


def _stamp(at: str) -> str:
    """A time as STIX has it: milliseconds, UTC."""
    stamp = instant(datetime.fromisoformat(at))
    return f"{stamp[:-4]}Z"


def _pattern(seen: SeenFile) -> str:
    """The known file by its digests, or where its list has none by a hash; else the file itself."""
    match = seen.sighting.match
    parts = _equal(match.entry_digests) or _hash(match.entry_hash)
    return f"[{' OR '.join(parts or _equal(seen.sighting.item.digests) or [_NONE])}]"


_NONE: Final = "file:name = ''"


def _equal(digests: object) -> list[str]:
    return [
        f"file:hashes.'{ours}' = '{value}'"
        for name, ours in _HASHES
        if (value := getattr(digests, name))
    ]


def _hash(told: str) -> list[str]:
    algorithm, _, digits = told.partition(":")
    return [f"file:hashes.'{algorithm.upper()}' = '{digits}'"] if digits else []
