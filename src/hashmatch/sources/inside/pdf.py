"""Pictures and attachments of PDF documents."""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO, Final, TypeAlias
from zlib import MAX_WBITS

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model import Unreadable
from hashmatch.model.locator import Member, Page, Step
from hashmatch.sources.inside.base import Budget, Inner, LimitError
from hashmatch.sources.inside.carving import Carving
from hashmatch.sources.inside.decompressors import Inflate
from hashmatch.sources.inside.later import later
from hashmatch.sources.inside.pdf_inline import inline_pictures
from hashmatch.sources.inside.pdf_pictures import AS_FILE, Stored, data_of, filters_of, mask_of
from hashmatch.sources.inside.pdf_pictures import opened as opened_picture
from hashmatch.sources.inside.streams import Expanding

_Object: TypeAlias = Any
"""What pikepdf gives: its types are checked where they are read."""
_Key = tuple[int, int]

_CONTENT: Final = 1 << 26
"""Bytes of drawing instructions in which inline pictures are looked for."""
_FORMS: Final = 10_000
"""Resources of a page, at most."""


class Pdf:
    """Gives pictures page by page, then those on no page, then attachments.

    A picture that is drawn many times is given once. JPEG and JPEG 2000 are given as stored, other
    pictures as an uncompressed file made of their pixels.
    """

    kinds: tuple[str, ...] = ("PDF document",)
    modules: tuple[str, ...] = ("pikepdf", "numpy", "numpy.ma")
    extra = "docs"

    @staticmethod
    def prepare() -> None:
        """Let the library open its source of random numbers, that encrypted documents need."""
        import pikepdf

        with pikepdf.new() as document:
            document.save(BytesIO(), encryption=pikepdf.Encryption(owner="", user=""))

    def __call__(
        self, file: BinaryIO, budget: Budget, passwords: tuple[str, ...] = ()
    ) -> Iterator[Inner | Unreadable]:
        """The members; a document that the library cannot read is searched for pictures."""
        import pikepdf

        try:
            document = _opened(file, passwords)
        except pikepdf.PasswordError:
            yield Unreadable(Reason.ENCRYPTED, "encrypted PDF document")
            return
        except LimitError:
            raise
        except Exception as error:  # noqa: BLE001 # the library's errors have no common root
            yield Unreadable(Reason.DAMAGED, f"not a valid PDF document ({_name(error)})")
            yield from Carving()(file, budget)
            return
        with document:
            yield from _Walk(document, budget).members()


def _name(error: Exception) -> str:
    return type(error).__name__


def _opened(file: BinaryIO, passwords: tuple[str, ...]) -> _Object:
    """The document, opened with the first password that fits: the empty one first."""
    import pikepdf

    # What is wrong is told by the members; a log holds nothing of the evidence.
    logging.getLogger("pikepdf").setLevel(logging.CRITICAL)
    for password in ("", *passwords):
        try:
            file.seek(0)
            return pikepdf.open(file, password=password, suppress_warnings=True)
        except pikepdf.PasswordError:
            continue
    msg = "no password fits"
    raise pikepdf.PasswordError(msg)


class _Walk:
    """One document's members."""

    def __init__(self, document: _Object, budget: Budget) -> None:
        self._document, self._budget = document, budget
        self._seen: set[_Key] = set()
        self._problems = 0

    def members(self) -> Iterator[Inner | Unreadable]:
        """Pictures on pages, further pictures, attachments."""
        for number, page in enumerate(self._each(self._pages()), 1):
            for count, inner in enumerate(self._each(self._on_page(page))):
                yield inner(Page(number, count))
        pictures, attached = self._further()
        for thing in pictures:
            for inner in self._each(self._picture(thing, None)):
                yield inner(Member("pdf", thing.objgen[0]))
        for key, name in sorted(attached.items()):
            yield from self._each(self._attachment(key, name))
        if self._problems:
            yield Unreadable(Reason.DAMAGED, f"{self._problems} damaged objects in a PDF document")

    def _further(self) -> tuple[list[_Object], dict[_Key, str]]:
        """Pictures among all objects, and names of attached files by the keys of their streams."""
        attached: dict[_Key, str] = {}
        pictures: list[_Object] = []
        for thing in self._each(iter(self._document.objects)):
            self._budget.check()
            for key, name in self._each(_specifications(thing)):
                attached.setdefault(key, name)
            kind = next(self._each(_kinds(thing)), "")
            if kind == _PICTURE:
                pictures.append(thing)
            elif kind == _ATTACHED:
                attached.setdefault(thing.objgen, "")
        return pictures, attached

    def _each(self, things: Iterator[Any]) -> Iterator[Any]:
        """Things as long as the library gives them; the first that it fails at ends them."""
        while True:
            try:
                thing = next(things)
            except StopIteration:
                return
            except (LimitError, OSError):
                raise
            except Exception:  # noqa: BLE001 # the library's errors have no common root
                self._problems += 1
                return
            yield thing

    def _pages(self) -> Iterator[_Object]:
        yield from self._document.pages

    def _on_page(self, page: _Object) -> Iterator[Callable[[Step], Inner]]:
        """Pictures of a page and of the forms in it, in the order of their names."""
        waiting = [(page.resources, page.obj.get("/Contents"))]
        waiting += _appearances(page.obj)
        forms: set[_Key] = set()
        while waiting and len(forms) < _FORMS:
            self._budget.check()
            resources, content = waiting.pop(0)
            yield from self._each(self._inline(content, resources))
            for thing in [*_values(resources, "/XObject"), *_values(resources, "/Pattern")]:
                if _PICTURE in _kinds(thing):
                    yield from self._each(self._picture(thing, resources))
                elif hasattr(thing, "get") and "/Resources" in thing:
                    key = thing.objgen
                    if key not in forms:
                        forms.add(key)
                        waiting.append((thing.get("/Resources"), thing))

    def _picture(self, stream: _Object, resources: _Object) -> Iterator[Callable[[Step], Inner]]:
        if stream.objgen in self._seen:
            return
        self._seen.add(stream.objgen)
        mask = mask_of(stream)
        if mask is not None:
            self._seen.add(mask.objgen)
        filters = filters_of(stream)
        is_file = bool(filters) and filters[-1][0] in AS_FILE
        yield self._inner(
            lambda: Stored(stream, stream.read_raw_bytes(), stream), resources, is_file=is_file
        )

    def _inline(self, content: _Object, resources: _Object) -> Iterator[Callable[[Step], Inner]]:
        """Pictures in the midst of drawing instructions."""
        import pikepdf

        if content is None:
            return
        parts = list(content) if isinstance(content, pikepdf.Array) else [content]
        streams = [each for each in parts if isinstance(each, pikepdf.Stream)]
        key = streams[0].objgen if streams else (0, 0)
        if not streams or key in self._seen:
            return
        self._seen.add(key)
        data = b"\n".join(data_of(each, self._budget, _CONTENT) for each in streams)
        for facts, start, end in inline_pictures(data):
            stored = Stored(facts, data[start:end])
            filters = stored.filters
            is_file = bool(filters) and filters[-1][0] in AS_FILE
            yield self._inner(partial(_same, stored), resources, is_file=is_file)

    def _inner(
        self, stored: Callable[[], Stored], resources: _Object, *, is_file: bool
    ) -> Callable[[Step], Inner]:
        def made() -> BinaryIO:
            return _translated(lambda: opened_picture(stored(), resources, self._budget))

        self._budget.member()
        return lambda step: Inner(step, open=later(made), is_made=not is_file)

    def _attachment(self, key: _Key, name: str) -> Iterator[Inner]:
        stream = self._document.get_object(key)
        size = stream.get("/Params", {}).get("/Size")
        self._budget.member()

        def made() -> BinaryIO:
            return _translated(lambda: _attached(stream, self._budget))

        size = int(size) if size is not None else None
        yield Inner(Member("pdf", key[0], name), size, open=later(made))


def _same(stored: Stored) -> Stored:
    return stored


def _translated(read: Callable[[], BinaryIO]) -> BinaryIO:
    """What is read, or why it cannot be."""
    try:
        return read()
    except (LimitError, UnreadableError, OSError):
        raise
    except MemoryError:
        raise UnreadableError(Reason.OUT_OF_MEMORY, "a member of a PDF document") from None
    except Exception as error:  # noqa: BLE001 # the library's errors have no common root
        detail = f"damaged in its PDF document ({_name(error)})"
        raise UnreadableError(Reason.DAMAGED, detail) from None


def _attached(stream: _Object, budget: Budget) -> BinaryIO:
    """The bytes of an attached file."""
    names = [name for name, _ in filters_of(stream)]
    if not names:
        return BytesIO(stream.read_raw_bytes())
    if names == ["/FlateDecode"]:
        packed = BytesIO(stream.read_raw_bytes())
        return Expanding(packed.read, Inflate(MAX_WBITS), budget).as_file()
    return BytesIO(data_of(stream, budget))


def _values(resources: _Object, name: str) -> list[_Object]:
    """The objects of a kind in resources."""
    return _held(resources.get(name) if hasattr(resources, "get") else None)


def _held(thing: _Object) -> list[_Object]:
    """The values of a dictionary, in the order of their names."""
    import pikepdf

    return [value for _, value in sorted(thing.items())] if _is(thing, pikepdf.Dictionary) else []


def _is(thing: _Object, kind: _Object) -> bool:
    return isinstance(thing, kind)


def _appearances(page: _Object) -> list[tuple[_Object, _Object]]:
    """Resources and content of what annotations show."""
    found: list[tuple[_Object, _Object]] = []
    for note in list(page.get("/Annots", ())):
        look: _Object = note.get("/AP", {}).get("/N") if hasattr(note, "get") else None
        forms = [look] if hasattr(look, "read_raw_bytes") else _held(look)
        found += [(form.get("/Resources"), form) for form in forms if hasattr(form, "get")]
    return found


_PICTURE: Final = "/Image"
_ATTACHED: Final = "/EmbeddedFile"


def _kinds(thing: _Object) -> Iterator[str]:
    """The kind of a stream; nothing of another object."""
    import pikepdf

    if isinstance(thing, pikepdf.Stream):
        subtype = str(thing.get("/Subtype"))
        yield subtype if subtype == _PICTURE else str(thing.get("/Type"))


def _specifications(thing: _Object) -> Iterator[tuple[_Key, str]]:
    """Attached files that an object names: keys of their streams, and their names."""
    import pikepdf

    if not isinstance(thing, pikepdf.Dictionary):
        return
    near = [thing, thing.get("/FS"), *thing.get("/Names", pikepdf.Array())]
    for each in near:
        held = each.get("/EF") if isinstance(each, pikepdf.Dictionary) else None
        if not isinstance(held, pikepdf.Dictionary):
            continue
        name = str(each.get("/UF", each.get("/F", "")))
        for key in ("/UF", "/F", "/DOS", "/Mac", "/Unix"):
            if isinstance(held.get(key), pikepdf.Stream):
                yield held[key].objgen, name
