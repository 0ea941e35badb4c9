"""Places of a grid on a page, told by the pieces around them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hashmatch.hashing.cutting import Rectangle, pieces
from hashmatch.hashing.lattices import aligned, between, places
from tests.support.photos import photo

SHAPE = (1000, 1320)
SPANS = st.tuples(st.integers(0, 90), st.integers(1, 40))


def at(left: int, top: int, wide: int = 120, tall: int = 120) -> Rectangle:
    return Rectangle(top, top + tall, left, left + wide)


def test_a_piece_is_put_where_others_of_its_row_and_column_lie() -> None:
    """Cards whose picture begins and ends with the colour of the page, in no grid."""
    known = photo("coffee").resize((300, 200))
    known.paste((255, 255, 255), (0, 0, 300, 30))
    known.paste((255, 255, 255), (0, 0, 40, 200))
    page = Image.new("RGB", SHAPE[::-1], "white")
    for number, (left, top) in enumerate(
        ((20, 20), (340, 20), (660, 20), (980, 20), (20, 240), (20, 500), (20, 760), (350, 480))
    ):
        shown = known if not number else photo(("rocket", "china")[number % 2])
        page.paste(shown.resize((300, 200)), (left, top))
    where = [each.where for each in pieces(np.asarray(page.convert("L")), 40)]
    place = Rectangle(20, 220, 20, 320)
    assert place not in where
    assert place not in places(where, SHAPE)
    assert place in aligned(where, SHAPE)


def test_an_even_grid_goes_on_where_no_piece_tells_of_a_row_or_column() -> None:
    """The second column and the last row have no piece of their own."""
    found = places([at(130 * x, 150 * y) for x in (0, 2, 3) for y in (0, 1, 2)], (700, 520))
    assert set(found) == {at(130 * x, 150 * y) for x in range(4) for y in range(4)}


def test_a_grid_of_uneven_steps_has_no_place_but_those_of_its_pieces() -> None:
    told = [at(x, 150 * y) for x in (0, 140, 420) for y in range(3)]
    uneven = [at(x, 150 * y) for x in (0, 140, 330) for y in range(3)]
    assert set(places(told, (420, 600))) > set(told)
    assert set(places(uneven, (420, 600))) == set(uneven)


def test_pictures_of_all_shapes_lie_in_the_middle_of_squares() -> None:
    """A file manager: an upright picture with a light foot is joined with its name below."""
    rows = (60, 210, 360)
    flat = [at(130 * x, top + 15, 120, 90) for top in rows for x in range(5) if x != 2]
    upright = at(285, 210, 70, 120)
    joined = Rectangle(210, 350, 285, 355)
    assert upright in aligned([*flat, joined, at(260, 60), at(260, 360)], (560, 660))
    assert upright not in aligned([joined], (560, 660))


def test_a_picture_reaches_to_those_above_and_below_it() -> None:
    """Columns of pictures of all heights, 12 apart; one is cut short at its top and foot."""
    whole, columns = at(130, 187, 120, 146), []
    for left, heights in ((0, (100, 90, 200)), (130, (175, 146, 80)), (260, (60, 150, 110))):
        top = 0
        for tall in heights:
            columns.append(at(left, top, 120, tall))
            top += tall + 12
    assert whole in columns
    short = [each if each != whole else at(130, 220, 120, 100) for each in columns]
    assert whole in between(short)
    turned = [Rectangle(left, right, top, bottom) for top, bottom, left, right in short]
    top, bottom, left, right = whole
    assert Rectangle(left, right, top, bottom) in between(turned)


@given(st.lists(st.tuples(SPANS, SPANS), max_size=24), st.lists(st.sampled_from(range(4))))
def test_no_place_lies_outside_the_page(
    spans: list[tuple[tuple[int, int], tuple[int, int]]], again: list[int]
) -> None:
    """Pieces of all kinds, some of them in the rows and columns of others."""
    rows = [spans[each % len(spans)][0] for each in again] if spans else []
    drawn = spans + [(row, across) for row, (_, across) in zip(rows, spans, strict=False)]
    page = [at(x, y, wide, tall) for (y, tall), (x, wide) in drawn]
    shape = (130, 130)
    for where in (*places(page, shape), *aligned(page, shape)):
        assert 0 <= where.top < where.bottom <= shape[0]
        assert 0 <= where.left < where.right <= shape[1]
    for where in between(page):
        assert where.top >= 0
        assert where.left >= 0
        assert where.bottom <= shape[0]
        assert where.right <= shape[1]
