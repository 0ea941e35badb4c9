"""Locators: a file, and the steps from it into volumes, archives, documents and mail."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Final, Self, TypeAlias

from hashmatch.model.plain import PlainValue, Shape

Json: TypeAlias = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class File:
    """A file of the evidence, by its path: the first step of every locator."""

    path: str
    word: ClassVar[str] = "file"

    def __str__(self) -> str:
        """The path, escaped."""
        return _escaped(self.path)


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume of a disk.

    Attributes:
        scheme: that divides the disk, as `gpt`.
        number: of the volume there.
        offset: of its first byte on the disk.
    """

    scheme: str
    number: int
    offset: int
    word: ClassVar[str] = "volume"
    form: ClassVar[re.Pattern[str]] = re.compile(r"([a-z][a-z0-9-]*):(\d+)@(\d+)")

    def __str__(self) -> str:
        """Text such as `gpt:2@1048576`."""
        return f"{self.scheme}:{self.number}@{self.offset}"


@dataclass(frozen=True, slots=True)
class FileObject:
    """A file, or one attribute of it, in a file system: also a deleted one.

    Attributes:
        system: the file system, as `ntfs`.
        inode: number of the file in it.
        attribute: type of the attribute that holds the bytes; 0 where there is only one.
        instance: number of that attribute; 0 where there is only one.
        path: of the file in the volume.
    """

    system: str
    inode: int
    attribute: int
    instance: int
    path: str
    word: ClassVar[str] = "object"
    form: ClassVar[re.Pattern[str]] = re.compile(r"([a-z][a-z0-9-]*):(\d+)-(\d+)-(\d+):(.*)")

    def __str__(self) -> str:
        """Text such as `ntfs:155-128-4:/Users/x.zip`."""
        numbers = f"{self.inode}-{self.attribute}-{self.instance}"
        return f"{self.system}:{numbers}:{_escaped(self.path)}"


@dataclass(frozen=True, slots=True)
class Range:
    """Bytes of what lies around them, found by their content.

    Attributes:
        offset: of the first byte.
        length: in bytes.
    """

    offset: int
    length: int
    word: ClassVar[str] = "range"
    form: ClassVar[re.Pattern[str]] = re.compile(r"range:(\d+)\+(\d+)")

    def __str__(self) -> str:
        """Text such as `range:4096+20000`."""
        return f"range:{self.offset}+{self.length}"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an archive, a document, a mail or a database.

    Attributes:
        container: the kind of container, as `zip`.
        number: of the member in it, from 0: what tells two members of one name apart.
        name: as the container has it; empty where members have no names.
    """

    container: str
    number: int
    name: str = ""
    word: ClassVar[str] = "member"
    form: ClassVar[re.Pattern[str]] = re.compile(r"(?!page:|range:)([a-z][a-z0-9-]*):(\d+):(.*)")

    def __str__(self) -> str:
        """Text such as `zip:3:photos/a.jpg`."""
        return f"{self.container}:{self.number}:{_escaped(self.name)}"


@dataclass(frozen=True, slots=True)
class Page:
    """A picture on a page of a document, which has no file of its own.

    Attributes:
        page: its number, from 1.
        picture: number of the picture on it, from 0.
    """

    page: int
    picture: int
    word: ClassVar[str] = "page"
    form: ClassVar[re.Pattern[str]] = re.compile(r"page:(\d+):(\d+)")

    def __str__(self) -> str:
        """Text such as `page:3:0`."""
        return f"page:{self.page}:{self.picture}"


Step: TypeAlias = File | Volume | FileObject | Range | Member | Page

_INNER: Final = (Range, Page, Volume, FileObject, Member)
"""Steps that follow the first, in the order in which their texts are recognised."""
_STEPS: Final = {kind.word: kind for kind in (File, *_INNER)}
_TYPES: Final = {kind: {each.name: each.type for each in fields(kind)} for kind in _STEPS.values()}
"""Fields of each step and their types: an archive may have a million members."""
_ESCAPED: Final = f"{File.word}:"
"""What a path begins with that is escaped though nothing follows."""


def plain_steps(steps: Iterable[Step]) -> list[Json]:
    """Steps as plain values, for JSON."""
    return [
        {"step": each.word} | {name: getattr(each, name) for name in _TYPES[type(each)]}
        for each in steps
    ]


@dataclass(frozen=True)
class Locator(PlainValue):
    """The location of an item.

    Its text is one line: the steps with `!` between them, in which `%`, `!` and what cannot be
    printed are escaped. A file that no further step follows keeps its path as it is, unless that
    could be taken for the text of another locator.

    Attributes:
        steps: at least one; the first is a file, and no other is.

    >>> str(Locator((File("a.zip"), Member("zip", 3, "holiday!.jpg"))))
    'a.zip!zip:3:holiday%21.jpg'
    """

    json_shape: ClassVar = Shape(text=True)

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        """Refuse what is no chain.

        Raises:
            ValueError: the first step is no file, another one is, or a step has a value that
                cannot be written: a word of other than small letters, digits and hyphens.
        """
        first, *further = [isinstance(step, File) for step in self.steps] or [False]
        if not first or any(further):
            msg = "a locator begins with a file and names only one"
            raise ValueError(msg)
        for step in self.steps[1:]:
            # No text is of two forms.
            if not _text_of(step):
                msg = f"not a step of a locator: {step!r}"
                raise ValueError(msg)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The locator whose text this is.

        Raises:
            ValueError: it is no locator's text.
        """
        first, *further = text.split("!")
        steps = [step for each in further if (step := _step(each)) is not None]
        is_chain = bool(further) and len(steps) == len(further)
        if text.startswith(_ESCAPED) or is_chain:
            path = _unescaped(first.removeprefix(_ESCAPED))
            locator = cls((File(path), *steps))
            if str(locator) != text:
                msg = f"not the text of a locator: {text!r}"
                raise ValueError(msg)
            return locator
        return cls((File(text),))

    @classmethod
    def from_list(cls, values: list[Mapping[str, str | int]]) -> Self:
        """The locator that `to_list` gave.

        Raises:
            ValueError: it is none.
        """
        steps: list[Step] = []
        for value in values:
            given = dict(value)
            kind = _STEPS.get(str(given.pop("step", "")))
            if kind is None or {each: type(own) for each, own in given.items()} != _TYPES[kind]:
                msg = "not the steps of a locator"
                raise ValueError(msg)
            steps.append(kind(**given))  # type: ignore[arg-type] # compared with the fields' types
        return cls(tuple(steps))

    def to_list(self) -> list[Json]:
        """The steps as plain values, for JSON."""
        return plain_steps(self.steps)

    def to_dict(self) -> dict[str, Any]:
        """Its text and its steps; where another value holds it, JSON has the text alone."""
        return {"locator": str(self), "steps": self.to_list()}

    def __str__(self) -> str:
        """One line, from which `parse` makes the locator again."""
        return self._text

    @cached_property
    def _text(self) -> str:
        first, *further = self.steps
        path = first.path if isinstance(first, File) else ""
        if not further and not path.startswith(_ESCAPED) and not _is_chain(path):
            return path
        text = "!".join((str(first), *map(_text_of, further)))
        return text if further and not path.startswith(_ESCAPED) else f"{_ESCAPED}{text}"

    def inside(self, *steps: Step) -> "Locator":
        """The locator of an item in this one."""
        return Locator((*self.steps, *steps))

    @property
    def parent(self) -> "Locator | None":
        """The locator of the item that this one lies in; None for a file of the evidence."""
        return Locator(self.steps[:-1]) if len(self.steps) > 1 else None

    @property
    def depth(self) -> int:
        """How many steps follow the file."""
        return len(self.steps) - 1

    @property
    def name(self) -> str:
        """The last name on the way to it; empty where it has none."""
        for step in reversed(self.steps):
            path = getattr(step, "name", getattr(step, "path", ""))
            if name := re.split(r"[/\\]", path.rstrip("/\\"))[-1]:
                return str(name)
        return ""


@lru_cache(maxsize=1 << 10)
def _text_of(step: Step) -> str:
    """The text of a step that is not the first; empty of what is none.

    Kept for a while, as each item has several locators: below its source, and as it is printed.
    """
    text = str(step)
    return text if isinstance(step, _INNER) and step.form.fullmatch(text) else ""


def _step(text: str) -> Step | None:
    """The step, other than the first, whose text this is."""
    for kind in _INNER:
        if found := kind.form.fullmatch(text):
            values: list[Any] = [
                int(value) if each is int else _unescaped(value)
                for each, value in zip(_TYPES[kind].values(), found.groups(), strict=True)
            ]
            return kind(*values)
    return None


def _is_chain(path: str) -> bool:
    """Whether a path looks like the text of a locator of several steps."""
    _, *further = path.split("!")
    return bool(further) and all(_step(each) is not None for each in further)


_PLAIN: Final = re.compile(r"[^%!\x00-\x1f\x7f]*")
_ESCAPE: Final = re.compile(r"%(?:u([0-9A-F]{4})|([0-9A-F]{2}))")
_BYTE: Final = 0x80
_UNDECODED: Final = 0xDC00


def _escaped(text: str) -> str:
    """The text in one line that can be read, without the characters that locators use."""
    if text.isascii() and _PLAIN.fullmatch(text):
        return text
    return "".join(
        each if each not in "%!" and each.isprintable() else _code(ord(each)) for each in text
    )


def _code(number: int) -> str:
    """The escape of a character; a byte that is no text, as Python keeps it, is one of its own."""
    if _UNDECODED + _BYTE <= number < _UNDECODED + 2 * _BYTE:
        number -= _UNDECODED
    elif number >= _BYTE:
        wide = chr(number).encode("utf-16-be", "surrogatepass").hex().upper()
        return "".join(f"%u{wide[at : at + 4]}" for at in range(0, len(wide), 4))
    return f"%{number:02X}"


def _unescaped(text: str) -> str:
    plain = _ESCAPE.sub(_character, text) if "%" in text else text
    # Two halves of one character, escaped each, are that character.
    return plain.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "surrogatepass")


def _character(escape: re.Match[str]) -> str:
    wide, narrow = escape.groups()
    if wide:
        return chr(int(wide, 16))
    number = int(narrow, 16)
    return chr(number if number < _BYTE else _UNDECODED + number)
