"""Times on a line stand in their order; long stretches without any are cut out."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hashmatch.reports.circulation.axis import Axis

INSTANTS = st.datetimes(timezones=st.just(UTC))


@given(st.lists(st.tuples(INSTANTS, INSTANTS).map(sorted), min_size=1, max_size=12))
def test_places_are_in_the_order_of_times(intervals: list[list[datetime]]) -> None:
    axis = Axis([(first, last) for first, last in intervals])
    instants = sorted(at for each in intervals for at in each)
    places = [axis.place(at) for at in instants]
    assert places == sorted(places)
    assert min(places) >= 0
    assert max(places) <= 100
    labels = axis.labels()
    assert labels
    assert all(0 <= place <= 100 for place, _ in labels)
    assert all(b - a >= 19 for (a, _), (b, _) in pairwise(labels))
    # Where the line is cut there is no time.
    assert not [cut for cut in axis.cuts for place in places if abs(cut - place) < 1]


def test_a_long_stretch_without_times_is_cut_out() -> None:
    reset = datetime(1980, 1, 1, tzinfo=UTC)
    days = [datetime(2026, 4, 1, tzinfo=UTC) + timedelta(days=each) for each in range(60)]
    axis = Axis([(each, each) for each in (reset, *days)])
    (cut,) = axis.cuts
    assert axis.place(reset) < cut < axis.place(days[0]) < 20
    assert axis.place(days[-1]) > 95
    placed = {words: place for place, words in axis.labels()}
    assert {"1980-01-01", "2026-05"} <= placed.keys()
    assert abs(placed["2026-05"] - axis.place(datetime(2026, 5, 1, tzinfo=UTC))) < 0.01
    # Days that follow each other evenly stand evenly, without a cut.
    even = Axis([(each, each) for each in days])
    steps = {round(even.place(b) - even.place(a), 6) for a, b in pairwise(days)}
    assert even.cuts == ()
    assert len(steps) == 1
