"""What reports, provider returns and logs tell: events with the part that somebody had in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final

from hashmatch.errors import Choice
from hashmatch.model.digests import Digests
from hashmatch.model.hash import Hash
from hashmatch.model.identifier import Identifier, IdentifierKind
from hashmatch.model.moment import Moment
from hashmatch.model.plain import PlainValue, Shape

_PORTS: Final = 1 << 16
_MOST: Final = 64
"""Identifiers, keys or hashes of one event."""


class Role(Choice):
    """The part that the person or account of an event had in it, as its source says."""

    UPLOADER = "uploader"
    """Uploaded or sent it."""
    HOLDER = "holder"
    """The account or device is theirs, and what lies in it."""
    RECIPIENT = "recipient"
    """Got it, asked for or not."""
    VICTIM = "victim"
    REPORTER = "reporter"
    ASSOCIATED = "associated"
    """Named in connection with it."""
    COMPROMISED = "compromised"
    """The account was taken over: what it did was done by somebody else."""
    UNKNOWN = "unknown"

    @property
    def acts(self) -> bool:
        """Whether somebody in this part had or spread the material: nobody else is shown so."""
        return self in {Role.UPLOADER, Role.HOLDER}


class EventKind(Choice):
    """What happened."""

    UPLOAD = "upload"
    DOWNLOAD = "download"
    SENDING = "sending"
    RECEIPT = "receipt"
    LOGIN = "login"
    REGISTRATION = "registration"
    PURCHASE = "purchase"
    STORED = "stored"
    """It lay in an account or on a device."""
    SEEN = "seen"
    """Its hash or name was seen, as in a log of a network for sharing files."""
    NAMED = "named"
    """A person or an account is named; nothing is said of what they did."""
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(PlainValue):
    """One event, as its source tells it.

    Attributes:
        kind: what happened.
        role: the part that `identifiers` had in it.
        where: its place in what was imported: a row, or the path of an element.
        identifiers: of the one person, account or device that the role belongs to.
        counterparts: of the other side, whose role is not told by this event.
        service: by which it happened, in lower case.
        name: of the item; empty where none is told.
        digests: of the item.
        hashes: of the item.
        moment: when.
        port: of the IP address among the identifiers.
        proxy: whether the source says that the address may be that of a proxy.
        thread: of messages.
        message: number or name of the message.
        keys: what makes it the same event in another form of the same report, as
            `cybertip/123/file/7`: one that is equal is enough.
        fields: everything else that the source says, as text; names of unknown elements too.
        entries: of hash lists that it matched when it was put on record, by list and id.

    Raises:
        ValueError: a port that is none, or more identifiers, keys or hashes than one event has.
    """

    json_shape: ClassVar = Shape(null=("service", "name", "thread", "message"))

    kind: EventKind
    role: Role = Role.UNKNOWN
    where: str = ""
    identifiers: tuple[Identifier, ...] = ()
    counterparts: tuple[Identifier, ...] = ()
    service: str = ""
    name: str = ""
    digests: Digests = field(default_factory=Digests)
    hashes: tuple[Hash, ...] = ()
    moment: Moment | None = None
    port: int | None = None
    proxy: bool | None = None
    thread: str = ""
    message: str = ""
    keys: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    entries: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be put on record."""
        object.__setattr__(self, "kind", EventKind(self.kind))
        object.__setattr__(self, "role", Role(self.role))
        object.__setattr__(self, "service", self.service.strip().casefold())
        if self.port is not None and not 0 <= self.port < _PORTS:
            msg = f"port {self.port} is none: they go from 0 to 65535"
            raise ValueError(msg)
        for each in (self.identifiers, self.counterparts, self.keys, self.hashes):
            if len(each) > _MOST:
                msg = f"an event has at most {_MOST} identifiers, keys or hashes of one kind"
                raise ValueError(msg)

    @property
    def address(self) -> Identifier | None:
        """The IP address that it came from."""
        found = (each for each in self.identifiers if each.kind is IdentifierKind.IP)
        return next(found, None)

    @property
    def is_attributable(self) -> bool:
        """Whether a provider could tell whose address it was: it needs the port and the second.

        Of IPv4 thousands of customers share an address at one time, and are told apart by port.
        """
        if self.address is None or self.moment is None:
            return False
        exact = (self.moment.latest - self.moment.earliest).total_seconds() <= 1
        return exact and (self.port is not None or ":" in self.address.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRow(PlainValue):
    """A row or element of an import that was not understood; nothing of it is an event.

    Attributes:
        where: its number or path.
        reason: why, in one sentence, without what it holds.
    """

    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedUnit(PlainValue):
    """What is imported wholly or not at all: a report, a table, the return of a provider.

    Attributes:
        name: of the file or folder, without its path.
        format: which reader understood it, as `cybertipline-xml`.
        sha256: of its bytes in hex; of several files over their names and digests in order.
        service: the provider that it is of, where it says so.
        report: number of the report; empty where it has none.
    """

    json_shape: ClassVar = Shape(null=("service", "report"))

    name: str
    format: str
    sha256: str
    service: str = ""
    report: str = ""
