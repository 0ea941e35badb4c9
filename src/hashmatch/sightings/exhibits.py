"""What an exhibit is: a device or an account, whose it is, and its identifiers."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.moment import Moment, offset_of
from hashmatch.model.plain import PlainValue, Shape
from hashmatch.sightings import statements
from hashmatch.sightings.encoding import from_text
from hashmatch.sightings.handling import Marks
from hashmatch.sightings.statements import Said, Statement, Topic
from hashmatch.sightings.store import Store


class ExhibitKind(Choice):
    """What an exhibit is."""

    PHONE = "phone"
    TABLET = "tablet"
    COMPUTER = "computer"
    CARD = "card"
    """A memory card, a stick, a disk of its own."""
    CAMERA = "camera"
    ACCOUNT = "account"
    PROVIDER_RETURN = "provider-return"
    REPORT = "report"
    OTHER = "other"


SINGLE: Final = frozenset({"kind", "owner", "make", "model", "zone", "acquired", "acquired-with"})
"""Properties that have one value; an exhibit may have several identifiers of each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhibitRecord(PlainValue):
    """An exhibit as it is on record.

    Attributes:
        id: of its row.
        case: the lab's own number.
        label: what the lab calls it.
        kind: what it is; None where nobody stated it.
        owner: reference to the person who had it, as the lab writes it.
        make: of the device.
        model: of the device.
        identifiers: of the device or the account.
        acquired: when it was acquired, in the words that were stated.
        acquired_with: the tool.
        zone: the time zone that the device was set to.
        statements: the rows that say so.
        handling: how far what is told of it may be passed on; empty where it is not marked.
    """

    json_shape: ClassVar = Shape(
        null=("owner", "make", "model", "acquired", "acquired_with", "zone", "handling")
    )

    id: int
    case: str
    label: str
    kind: ExhibitKind | None = None
    owner: str = ""
    make: str = ""
    model: str = ""
    identifiers: tuple[Identifier, ...] = ()
    acquired: str = ""
    acquired_with: str = ""
    zone: str = ""
    statements: tuple[int, ...] = ()
    handling: str = ""

    def __str__(self) -> str:
        return f"{self.case} / {self.label}"


def said(
    facts: Mapping[str, str],
    identifiers: Iterable[Identifier] = (),
    *,
    withdrawn: Iterable[Identifier] = (),
) -> list[Said]:
    """Statements about an exhibit.

    Args:
        facts: by the names in `SINGLE`; an empty value takes back what was stated.
        identifiers: that it has.
        withdrawn: that were stated of it, and are wrong.

    Raises:
        ValueError: a property that there is none of, or a value that it cannot have.
    """
    found = []
    for field, value in facts.items():
        if field not in SINGLE:
            msg = f"an exhibit has no {field!r}: {', '.join(sorted(SINGLE))}"
            raise ValueError(msg)
        words = value.strip()
        if field == "kind" and words:
            words = ExhibitKind(words).value
        elif field == "zone" and words:
            offset_of(words)
        elif field == "acquired" and words:
            Moment.of(words, kind="acquired")
        found.append(Said(field, words, withdrawn=not words))
    found += [Said(each.kind.value, each.value, each.service) for each in identifiers]
    found += [Said(each.kind.value, each.value, each.service, withdrawn=True) for each in withdrawn]
    return found


def every(store: Store) -> Iterator[ExhibitRecord]:
    """All exhibits of all cases, in the order in which they were recorded."""
    found: dict[int, list[Statement]] = {}
    for each in statements.holding(statements.every(store, Topic.EXHIBIT), SINGLE):
        if each.source is not None:
            found.setdefault(each.source, []).append(each)
    marks = Marks.of(store).exhibits
    for number, case, label in store.execute(
        "SELECT sources.id, cases.name, label FROM sources JOIN cases ON cases.id = case_id "
        "ORDER BY sources.id"
    ):
        place = (from_text(case), from_text(label))
        yield _made(number, place, found.get(number, []), marks.get(place, ""))


def _made(
    number: int, place: tuple[str, str], held: list[Statement], handling: str
) -> ExhibitRecord:
    case, label = place
    facts = {each.field: each.value for each in held if each.field in SINGLE}
    kind = facts.get("kind")
    return ExhibitRecord(
        id=number,
        case=case,
        label=label,
        kind=ExhibitKind(kind) if kind else None,
        owner=facts.get("owner", ""),
        make=facts.get("make", ""),
        model=facts.get("model", ""),
        identifiers=tuple(
            Identifier(IdentifierKind(each.field), each.value, each.subject)
            for each in held
            if each.field not in SINGLE
        ),
        acquired=facts.get("acquired", ""),
        acquired_with=facts.get("acquired-with", ""),
        zone=facts.get("zone", ""),
        statements=tuple(each.id for each in held),
        handling=handling,
    )
