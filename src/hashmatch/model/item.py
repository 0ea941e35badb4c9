"""One file of the evidence: what it is, or why it could not be read."""

from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

from hashmatch.containers import name_in, named_first
from hashmatch.errors import Reason
from hashmatch.model.digests import Digests
from hashmatch.model.media import MediaHashes
from hashmatch.model.place import Place
from hashmatch.model.plain import PlainValue, Shape, by_fields

_SHOWN = 60
"""Characters of a locator that `repr` shows: its last ones."""


@dataclass(frozen=True, slots=True, repr=False)
class Unreadable(PlainValue):
    """Why an item gave no hash: what an exception says, as a value."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Item(PlainValue):
    """One file of evidence, and what was read of it.

    Attributes:
        locator: where it lies; text that leads back to it.
        size: in bytes; None where it could not be read.
        digests: of its bytes; empty where it could not be read.
        media: the hashes of the picture or video that it is; None where it gave none.
        unreadable: why it gave none. If it has hashes too, the fault of hashmatch because of which
            another part of the file was not read.
        place: where it lies, if no plain path leads to it; None of a plain file. On record the
            place is what counts: the locator is for the reader, and may begin where the source
            is mounted.
        original_name: what it was called where it came from, as the manifest of its backup says:
            `CameraRollDomain/Media/DCIM/100APPLE/IMG_1.HEIC`. A fact about the item, that anyone
            may have written; it lies where its locator says. Empty where nothing tells it.
        metadata: what the file says of itself, as names with values: `make`, `model`,
            `body-serial`, `captured`. Text that anyone may have written. It goes on record, and is
            in no output: it may say where somebody lives.
    """

    json_shape: ClassVar = Shape(
        first={"record": "item", "value": None},
        names={"locator": "path"},
        spread={"digests": Digests, "media": MediaHashes},
        computed={"container": lambda item: item.container or None},
        null=("original_name",),
        omitted=("metadata",),
        last={"matches": []},
    )

    locator: str
    size: int | None = None
    _: KW_ONLY
    digests: Digests = field(default_factory=Digests)
    media: MediaHashes | None = None
    unreadable: Unreadable | None = None
    place: Place | None = None
    original_name: str = ""
    metadata: tuple[tuple[str, str], ...] = ()

    def to_dict(self, *, every: bool = True) -> dict[str, Any]:
        """The file as a dictionary that JSON can hold: what `hash --json` prints of it.

        Args:
            every: give every hash, see `MediaHashes.to_dict`.
        """
        return by_fields(self, media=self.media.to_dict(every=every) if self.media else None)

    def at(self, locator: str, place: Place | None) -> "Item":
        """The same item as it lies elsewhere.

        Args:
            locator: where it lies.
            place: if no plain path leads to it.
        """
        # Scans do so with each of their items: `replace` takes three times as long.
        return Item(
            locator,
            self.size,
            digests=self.digests,
            media=self.media,
            unreadable=self.unreadable,
            place=place,
            original_name=self.original_name,
            metadata=self.metadata,
        )

    def __repr__(self) -> str:
        where = self.locator if len(self.locator) <= _SHOWN else f"…{self.locator[-_SHOWN:]}"
        # Names of evidence may hold anything: what is shown stays on one line, in ASCII.
        return f"<Item {ascii(where)[: 2 * _SHOWN]}: {self._outcome}>"

    @property
    def _outcome(self) -> str:
        if self.unreadable is not None:
            return self.unreadable.reason.value
        return "no hashes" if self.media is None else f"{len(self.media.readings)} readings"

    @property
    def fault(self) -> str | None:
        """The fault of hashmatch because of which it was not read, or only in part."""
        why = self.unreadable
        return why.detail if why is not None and why.reason is Reason.INTERNAL_ERROR else None

    @property
    def left_unread(self) -> bool:
        """Whether anything in it was not read: all of it, a part, or what else its file holds."""
        return self.unreadable is not None or (self.media is not None and not self.media.complete)

    @property
    def container(self) -> str:
        """Which kind of container it is; empty if it is none.

        As `zip archive` or `encrypted PDF document`. What lies in it was read where `reason` says
        so (`opened-container`); else it is unreadable, or its hashes are those of the first
        picture found in it.
        """
        if self.unreadable is not None:
            return named_first(self.unreadable.detail)
        return name_in(self.media.flags) if self.media is not None else ""
