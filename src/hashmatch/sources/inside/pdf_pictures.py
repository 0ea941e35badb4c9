"""Pictures of PDF: the file that one was stored as, or one made of its pixels."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.inside import pdf_filters
from hashmatch.sources.inside.base import Budget
from hashmatch.sources.inside.made_tiff import FAX_3, FAX_4, GREY, GREY_WHITE_IS_ZERO, made_tiff
from hashmatch.sources.inside.made_tiff import UNCOMPRESSED as PLAIN
from hashmatch.sources.inside.pdf_colours import Colours, Samples, colours_of, row_bytes, shown

AS_FILE: Final = frozenset({"/DCTDecode", "/JPXDecode"})
"""Filters of which the bytes are a file of their own."""
_FAX: Final = "/CCITTFaxDecode"
_RLE: Final = 2
_WHOLE: Final = 1 << 29
"""Bytes of a picture that is held in memory, at most."""
_PALETTES: Final = 1 << 16
_PREDICTED: Final = 10


@dataclass(frozen=True, slots=True)
class Stored:
    """A picture as a document stores it.

    Attributes:
        facts: its dictionary, with full names.
        data: its bytes as stored, decrypted.
        stream: pikepdf's object; None of an inline picture.
    """

    facts: Mapping[str, Any]
    data: bytes
    stream: Any = None

    @property
    def filters(self) -> list[tuple[str, dict[str, Any]]]:
        """Names and parameters of its filters, in the order in which they are undone."""
        return filters_of(self.facts)


def filters_of(facts: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Names and parameters of a stream's filters, in the order in which they are undone."""
    import pikepdf

    given, more = facts.get("/Filter"), facts.get("/DecodeParms")
    names = list(given) if isinstance(given, pikepdf.Array) else [given] if given else []
    parameters: list[Any] = list(more) if isinstance(more, pikepdf.Array) else [more]
    parameters += [None] * len(names)
    return [
        (pdf_filters.full_name(str(name)), _plain(each))
        for name, each in zip(names, parameters, strict=False)
    ]


def _plain(value: Any) -> dict[str, Any]:  # noqa: ANN401 # pikepdf's objects
    import pikepdf

    return dict(value.items()) if isinstance(value, pikepdf.Dictionary) else {}


def data_of(value: Any, budget: Budget, limit: int = _WHOLE) -> bytes:  # noqa: ANN401 # pikepdf's objects
    """The bytes of a stream, its filters undone, or of a string.

    Raises:
        UnreadableError: a filter is not undone here.
        LimitError: of the budget.
    """
    import pikepdf

    if not isinstance(value, pikepdf.Stream):
        return bytes(value)[:limit]
    return _undone(Stored(value, value.read_raw_bytes(), value), limit, budget)


def _undone(stored: Stored, limit: int, budget: Budget) -> bytes:
    """The bytes behind all filters but those of which the bytes are a file."""
    data, filters = stored.data, [each for each in stored.filters if each[0] not in AS_FILE]
    for number, (name, parameters) in enumerate(filters):
        wanted = limit if number == len(filters) - 1 else _WHOLE
        try:
            if int(parameters.get("/Predictor", 1)) >= _PREDICTED and len(stored.filters) == 1:
                return _quickly(stored, wanted, budget)
            data = pdf_filters.undone(data, name, parameters, wanted, budget)
        except LookupError:
            detail = f"{name[1:30]} in a PDF document"
            raise UnreadableError(Reason.UNSUPPORTED, detail) from None
    return data[:limit]


def _quickly(stored: Stored, wanted: int, budget: Budget) -> bytes:
    """Rows with predictors, which the library undoes faster, once their size is known."""
    import pikepdf

    name, parameters = stored.filters[0]
    rows = {key: value for key, value in parameters.items() if key != "/Predictor"}
    plain = pdf_filters.undone(stored.data, name, rows, wanted + 1 + wanted // 8, budget)
    if stored.stream is not None and len(plain) <= wanted + wanted // 8:
        try:
            return bytes(stored.stream.read_bytes(pikepdf.StreamDecodeLevel.generalized))
        except (pikepdf.PdfError, RuntimeError):
            pass  # It is damaged: what can be read is read below.
    return pdf_filters.unpredicted(plain, parameters)


def opened(stored: Stored, resources: Any, budget: Budget) -> BinaryIO:  # noqa: ANN401 # pikepdf's objects
    """The file of a picture.

    Raises:
        UnreadableError: it cannot be read.
        LimitError: of the budget.
    """
    return io.BytesIO(_file(stored, resources, budget))


def _file(stored: Stored, resources: Any, budget: Budget) -> bytes:  # noqa: ANN401 # pikepdf's objects
    last, parameters = stored.filters[-1] if stored.filters else ("", {})
    if last in AS_FILE:
        return _undone(stored, _WHOLE, budget)
    width, height = (int(stored.facts.get(each, 0)) for each in ("/Width", "/Height"))
    if min(width, height) <= 0:
        raise UnreadableError(Reason.DAMAGED, "a picture without a size in a PDF document")
    decode = [float(each) for each in stored.facts.get("/Decode", ())]
    if last == _FAX:
        return _fax(stored, parameters, (width, height), decode, budget)
    colours, depth = _meaning(stored, resources, budget)
    row = row_bytes(width, colours.stored, depth)
    if max(row, width * colours.shown) * height > _WHOLE:
        detail = f"{width} x {height} pixels in a PDF document"
        raise UnreadableError(Reason.TOO_MANY_PIXELS, detail)
    data = _undone(stored, row * height, budget)
    if not data:
        raise UnreadableError(Reason.DAMAGED, "a picture without pixels in a PDF document")
    budget.bytes(-(-len(data) // row) * width * colours.shown)
    pixels = shown(data, width, depth, colours, decode)
    alpha = _alpha(stored, pixels.shape[:2], budget)
    if alpha is not None:
        pixels = np.dstack([pixels, alpha])
    depths = [8] * pixels.shape[2]
    try:
        return made_tiff(
            pixels.tobytes(),
            (width, height),
            colours.meaning,
            depths=depths,
            packing=PLAIN,
            alpha=alpha is not None,
        )
    except ValueError as error:
        raise UnreadableError(Reason.TOO_MANY_PIXELS, str(error)) from None


def _meaning(stored: Stored, resources: Any, budget: Budget) -> tuple[Colours, int]:  # noqa: ANN401
    if bool(stored.facts.get("/ImageMask", False)):
        return Colours(1, 1), 1
    space = stored.facts.get("/ColorSpace")
    named = resources.get("/ColorSpace", {}) if resources is not None else {}
    if space is not None and str(space) in named:
        space = named[str(space)]
    if space is None:
        raise UnreadableError(Reason.DAMAGED, "a picture without colours in a PDF document")
    colours = colours_of(space, lambda value: data_of(value, budget, _PALETTES))
    return colours, int(stored.facts.get("/BitsPerComponent", 8))


def mask_of(facts: Mapping[str, Any]) -> Any:  # noqa: ANN401 # pikepdf's objects
    """The mask that is shown as alpha: of the same size as a picture of pixels; else None."""
    mask = facts.get("/SMask")
    filters = filters_of(facts)
    if mask is None or not hasattr(mask, "read_raw_bytes"):
        return None
    if filters and (filters[-1][0] in AS_FILE or filters[-1][0] == _FAX):
        return None
    sizes = [[int(each.get(key, 0)) for key in ("/Width", "/Height")] for each in (facts, mask)]
    further = filters_of(mask)
    is_plain = not further or further[-1][0] not in (*AS_FILE, _FAX)
    return mask if sizes[0] == sizes[1] and is_plain else None


def _alpha(stored: Stored, shape: tuple[int, ...], budget: Budget) -> Samples | None:
    mask = mask_of(stored.facts)
    if mask is None:
        return None
    depth, (height, width) = int(mask.get("/BitsPerComponent", 8)), shape
    data = data_of(mask, budget, row_bytes(width, 1, depth) * height)
    decode = [float(each) for each in mask.get("/Decode", ())]
    alpha = shown(data, width, depth, Colours(1, 1), decode)
    return alpha if alpha.shape[:2] == shape else None


def _fax(
    stored: Stored,
    parameters: Mapping[str, Any],
    size: tuple[int, int],
    decode: list[float],
    budget: Budget,
) -> bytes:
    """The compressed rows of a fax with the header that they need."""
    before = [each for each in stored.filters if each[0] != _FAX]
    data = stored.data
    for name, each in before:
        data = pdf_filters.undone(data, name, each, _WHOLE, budget)
    kind, aligned = int(parameters.get("/K", 0)), bool(parameters.get("/EncodedByteAlign", False))
    black_is_one = bool(parameters.get("/BlackIs1", False))
    inverted = black_is_one != (len(decode) > 1 and decode[0] > decode[1])
    width = int(parameters.get("/Columns", 1728))
    if aligned and kind:
        raise UnreadableError(Reason.UNSUPPORTED, "a fax of aligned rows in a PDF document")
    packing = FAX_4 if kind < 0 else _RLE if aligned else FAX_3
    return made_tiff(
        data,
        (width, size[1]),
        GREY if inverted else GREY_WHITE_IS_ZERO,
        depths=[1],
        packing=packing,
        options=None if packing == _RLE else int(kind > 0),
    )
