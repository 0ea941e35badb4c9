"""What schemes that divide a disk have in common."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """A partition, as a table has it.

    Attributes:
        number: of it in its scheme.
        offset: of its first byte on the disk.
        length: in bytes, as the table says.
        kind: what it is for, as the table says: a number or an identity.
        name: that its user gave it; empty where there is none.
    """

    number: int
    offset: int
    length: int
    kind: str = ""
    name: str = ""


@dataclass(slots=True)
class Table:
    """A table of partitions.

    Attributes:
        scheme: in a word, for the record: `gpt`.
        parts: its partitions.
        problems: what is wrong with it: one sentence each.
        is_sure: whether a checksum says that it is one.
    """

    scheme: str
    parts: list[Part] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_sure: bool = False
