"""What tracing finds: things, the places where they were seen, and what links them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from hashmatch.errors import Choice
from hashmatch.model.identifier import Grade
from hashmatch.model.plain import PlainValue, Shape


class LinkKind(Choice):
    """What several places have in common."""

    ENTRY = "entry"
    """An entry of a hash list."""
    CLUSTER = "cluster"
    """Pictures or videos near to one medoid, or of equal bytes."""
    IDENTIFIER = "identifier"
    """An account, a device, a subscriber."""
    CAMERA = "camera"
    """The serial number of a camera, in files that it made."""
    LENS = "lens"
    """The serial number of a lens: lenses are lent."""
    EXPOSURE = "exposure"
    """The unique id of a picture, in files with different bytes."""


class Access(Choice):
    """What other cases learn of a case that has something in common with them."""

    OPEN = "open"
    POINTER = "pointer"
    """That it has, and whom to ask; nothing else."""
    HIDDEN = "hidden"
    """Nothing."""


class Verdict(Choice):
    """What a person says of a link."""

    SAME = "same"
    NOT_THE_SAME = "not-the-same"
    EXPLAINED = "explained"
    """It is as found, and means nothing here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence(PlainValue):
    """Something in one place.

    Attributes:
        case: the lab's own number.
        exhibit: of the case; empty where the case is a pointer.
        role: the part of those who had it there: `holder` of what lay on an exhibit, or as the
            report of an event says.
        accounts: of events, at most ten.
        count: how many items or events.
        rows: numbers of rows that prove it, at most five of each table.
        contact: whom to ask; of cases that are pointers.
        handling: how far it may be passed on: the mark of case, exhibit and imports.
    """

    json_shape: ClassVar = Shape(null=("exhibit", "role", "contact"))

    case: str
    exhibit: str
    role: str = ""
    accounts: tuple[str, ...] = ()
    count: int = 0
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    contact: str = ""
    handling: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """The case and the exhibit."""
        return self.case, self.exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(PlainValue):
    """Something that several exhibits, cases or accounts have in common.

    Attributes:
        kind: what it is.
        key: which one, as `entry:vic/123`; verdicts and exclusions name it.
        known: whether a hash list has it.
        grade: how much it says.
        occurrences: where it was seen.
        exhibits: in how many of all exhibits.
        of: how many exhibits there are.
        medoid_distance: the largest distance of a member to its medoid in bits; None elsewhere.
        verdict: what a person said of it; None if nobody did.
        why_not: why it makes no link by default; empty if it does.
        statements: rows of verdicts and exclusions.
        handling: the strictest mark of what it shows, and behind it all marks in own words.
    """

    json_shape: ClassVar = Shape(
        first={"record": "link"},
        null=("why_not",),
        computed={"cases": lambda link: len({each.case for each in link.occurrences})},
    )

    kind: LinkKind
    key: str
    known: bool = False
    grade: Grade = Grade.STRONG
    occurrences: tuple[Occurrence, ...] = ()
    exhibits: int = 0
    of: int = 0
    medoid_distance: int | None = None
    verdict: Verdict | None = None
    why_not: str = ""
    statements: tuple[int, ...] = ()
    handling: tuple[str, ...] = ()

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that it links, in the order of their names."""
        return tuple(sorted({each.case for each in self.occurrences}))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoveredSource(PlainValue):
    """What was searched of one exhibit: a "no" means no more than this.

    Attributes:
        case: the lab's own number.
        exhibit: of the case.
        scans: how many, and how many were done.
        items: files and what was found in them.
        unread: of them, those that gave no hash and should have.
        lists: with their numbers of entries.
        profile: its name.
        clustered: pictures and videos that were compared with those of other exhibits.
        events: that were imported.
        gaps: what was not searched, in words.
        handling: how far this may be passed on, as case, exhibit and imports are marked.
    """

    json_shape: ClassVar = Shape(first={"record": "coverage"})

    case: str
    exhibit: str
    scans: int = 0
    done: int = 0
    items: int = 0
    unread: int = 0
    lists: Mapping[str, int] = field(default_factory=dict)
    profile: str = ""
    clustered: int = 0
    events: int = 0
    gaps: tuple[str, ...] = ()
    handling: tuple[str, ...] = ()
