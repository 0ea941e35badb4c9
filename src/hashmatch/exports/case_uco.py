"""CASE/UCO 1.5 as JSON-LD (https://caseontology.org): investigations, exhibits, files, accounts.

A match is an analytic result of a file; an upload or the like is an action with its account.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from hashmatch.exports.facts import Facts, SeenFile, ToldEvent, is_exact
from hashmatch.exports.objects import instant, named, write_objects
from hashmatch.model.moment import Moment
from hashmatch.visible import printable

_UCO: Final = "https://ontology.unifiedcyberontology.org/uco"
_CONTEXT: Final = {
    "kb": "http://example.org/kb/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    **{
        f"uco-{name}": f"{_UCO}/{name}/"
        for name in (
            *("action", "analysis", "core", "identity", "location", "marking", "observable"),
            *("tool", "types", "vocabulary"),
        )
    },
}
_TIMES: Final = {
    "modified": "modifiedTime",
    "accessed": "accessedTime",
    "created": "observableCreatedTime",
    "changed": "metadataChangeTime",
}
"""Times of the file system that a file facet has."""
_OTHER_TIMES: Final = "times that are intervals, or of kinds that a file facet does not have"
_DIGESTS: Final = (("md5", "MD5"), ("sha1", "SHA1"), ("sha256", "SHA256"))


class CaseExport:
    """A graph of nodes, one for each thing on record."""

    suffix = ".case.jsonld"
    of_links = False

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the nodes as they come."""
        lost: Counter[str] = Counter()
        write_objects(out, {"@context": _CONTEXT}, "@graph", _Graph(facts, lost).nodes())
        return lost


class _Graph:
    """Nodes in the making. What has been written once is known by its name."""

    def __init__(self, facts: Facts, lost: Counter[str]) -> None:
        self._facts = facts
        self._lost = lost
        self._known: set[str] = set()

    def nodes(self) -> Iterator[dict[str, Any]]:
        facts = self._facts
        yield {
            "@id": self._id("tool"),
            "@type": "uco-tool:Tool",
            "uco-core:name": "hashmatch",
            "uco-tool:version": facts.tool,
            "uco-core:description": f"record {facts.record}, head {facts.head}, {facts.at}",
        }
        for case in facts.cases:
            exhibits = [each for each in facts.exhibits.values() if each.case == case]
            yield from self._markings(facts.marks_of_case(case))
            refs = [{"@id": self._id("exhibit", each.id)} for each in exhibits]
            yield {
                "@id": self._id("case", case),
                "@type": "case-investigation:Investigation",
                "uco-core:name": printable(case),
                **self._marked(facts.marks_of_case(case)),
                **({"uco-core:object": refs} if refs else {}),
            }
            for each in exhibits:
                yield {
                    "@id": self._id("exhibit", each.id),
                    "@type": "case-investigation:ProvenanceRecord",
                    "case-investigation:exhibitNumber": printable(each.label),
                    "uco-core:object": [{"@id": self._id("device", each.id)}],
                }
                yield {
                    "@id": self._id("device", each.id),
                    "@type": "uco-observable:ObservableObject",
                    "uco-core:name": printable(f"{each.case} / {each.label}"),
                }
        for seen in facts.sightings():
            yield from self._markings(seen.handling)
            yield from self._file(seen)
            yield self._match(seen)
        for told in facts.events():
            yield from self._markings(told.handling)
            yield from self._event(told)

    def _id(self, *parts: object) -> str:
        return f"kb:{parts[0]}-{named(self._facts.record, *parts)}"

    def _markings(self, marks: Iterable[str]) -> Iterator[dict[str, Any]]:
        for mark in marks:
            ident = self._id("marking", mark)
            if ident not in self._known:
                self._known.add(ident)
                yield {
                    "@id": ident,
                    "@type": "uco-marking:MarkingDefinition",
                    "uco-marking:definitionType": "statement",
                    "uco-marking:definition": [
                        {
                            "@id": self._id("statement", mark),
                            "@type": "uco-marking:StatementMarking",
                            "uco-marking:definitionType": "statement",
                            "uco-marking:statement": printable(mark),
                        }
                    ],
                }

    def _marked(self, marks: Iterable[str]) -> dict[str, Any]:
        refs = [{"@id": self._id("marking", mark)} for mark in marks]
        return {"uco-core:objectMarking": refs} if refs else {}

    def _file(self, seen: SeenFile) -> Iterator[dict[str, Any]]:
        """A file with its facets, and where it lies; once, however many entries it matches."""
        item = seen.sighting.item
        ident = self._id("file", item.id)
        if ident in self._known:
            return
        self._known.add(ident)
        hashes = [
            self._hash(item.id, name, value)
            for field, name in _DIGESTS
            if (value := getattr(item.digests, field))
        ]
        if item.hash.startswith("pdq:"):
            hashes.append(self._hash(item.id, "PDQ", item.hash.removeprefix("pdq:")))
        content: dict[str, Any] = {
            "@id": self._id("content", item.id),
            "@type": "uco-observable:ContentDataFacet",
        }
        if item.size is not None:
            content["uco-observable:sizeInBytes"] = _typed("integer", str(item.size))
        if hashes:
            content["uco-observable:hash"] = hashes
        yield {
            "@id": ident,
            "@type": "uco-observable:File",
            "uco-core:hasFacet": [self._facet(seen), content],
            **self._marked(seen.handling),
        }
        yield {
            "@id": self._id("within", item.id),
            "@type": "uco-observable:ObservableRelationship",
            "uco-core:source": {"@id": ident},
            "uco-core:target": {"@id": self._id("device", seen.exhibit.id)},
            "uco-core:kindOfRelationship": "Contained_Within",
            "uco-core:isDirectional": True,
        }

    def _facet(self, seen: SeenFile) -> dict[str, Any]:
        item = seen.sighting.item
        path = printable(item.locator)
        found: dict[str, Any] = {
            "@id": self._id("filefacet", item.id),
            "@type": "uco-observable:FileFacet",
            "uco-observable:fileName": path.rpartition("/")[2] or path,
            "uco-observable:filePath": path,
        }
        for time in seen.times:
            if time.kind in _TIMES and is_exact(time):
                found[f"uco-observable:{_TIMES[time.kind]}"] = _instant(time)
            else:
                self._lost[_OTHER_TIMES] += 1
        return found

    def _hash(self, item: int, method: str, value: str) -> dict[str, Any]:
        return {
            "@id": self._id("hash", item, method),
            "@type": "uco-types:Hash",
            "uco-types:hashMethod": method,
            "uco-types:hashValue": _typed("hexBinary", value.upper()),
        }

    def _match(self, seen: SeenFile) -> dict[str, Any]:
        """That a list has the file, or one near to it."""
        match, number = seen.sighting.match, seen.sighting.id
        told = (
            f"{match.kind.value}, {match.algorithm} distance {match.distance} of at most "
            f"{match.threshold}, recorded {seen.sighting.at}{', ' * bool(seen.later)}{seen.later}"
        )
        words = f"{match.list_name}/{match.entry_id} {match.scheme}/{match.category}"
        return {
            "@id": self._id("sighting", number),
            "@type": "uco-analysis:AnalyticResult",
            "uco-core:name": printable(f"{match.list_name}/{match.entry_id}"),
            "uco-core:description": printable(told),
            "uco-core:hasFacet": [
                {
                    "@id": self._id("result", number),
                    "@type": "uco-analysis:ArtifactClassificationResultFacet",
                    "uco-analysis:classification": [
                        {
                            "@id": self._id("class", number),
                            "@type": "uco-analysis:ArtifactClassification",
                            "uco-analysis:class": [printable(words)],
                        }
                    ],
                }
            ],
            "uco-core:object": [{"@id": self._id("file", seen.sighting.item.id)}],
            **self._marked(seen.handling),
        }

    def _event(self, told: ToldEvent) -> Iterator[dict[str, Any]]:
        """An action at its time, with the account of whoever did it."""
        event = told.event
        clear = [each for each in told.times if is_exact(each)][:1]
        self._lost[_OTHER_TIMES] += len(told.times) - len(clear)
        account = {"@id": self._id("account", told.account)} if told.account else None
        if account and account["@id"] not in self._known:
            self._known.add(account["@id"])
            service, _, name = told.account.partition("/")
            yield {
                "@id": account["@id"],
                "@type": "uco-observable:DigitalAccount",
                "uco-core:name": printable(told.account),
                "uco-core:hasFacet": [
                    {
                        "@id": self._id("accountfacet", told.account),
                        "@type": "uco-observable:AccountFacet",
                        "uco-observable:accountIdentifier": printable(name or service),
                    }
                ],
            }
        yield {
            "@id": self._id("event", told.row),
            "@type": "uco-action:Action",
            "uco-core:name": event.kind.value,
            "uco-core:description": printable(
                "; ".join(filter(None, (f"role {event.role.value}", event.service, event.name)))
            ),
            "uco-action:object": [{"@id": self._id("device", told.exhibit.id)}],
            **({"uco-action:participant": [account]} if account else {}),
            **({"uco-action:startTime": _instant(clear[0])} if clear else {}),
            **self._marked(told.handling),
        }


def _typed(kind: str, value: str) -> dict[str, str]:
    return {"@type": f"xsd:{kind}", "@value": value}


def _instant(time: Moment) -> Mapping[str, str]:
    return _typed("dateTime", instant(time.earliest))
