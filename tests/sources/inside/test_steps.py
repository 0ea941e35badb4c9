"""Single items behind steps: what keeps them open, and why there is none."""

import gc
import io
from pathlib import Path

import pytest

from hashmatch.errors import Reason, UnreadableError
from hashmatch.model.locator import Member, Page, Step
from hashmatch.sources.base import Found
from hashmatch.sources.inside import steps
from hashmatch.sources.inside.expanding import expand
from hashmatch.sources.inside.opening import InsideOpener
from hashmatch.sources.inside.steps import NO_SUCH_ITEM, reach
from tests.support.archives import zipped
from tests.support.evidence_tree import document


def test_a_picture_made_of_pixels_stays_open_as_long_as_it_is_read(tmp_path: Path) -> None:
    pdf = tmp_path / "a.pdf"
    pdf.write_bytes(document())
    with pdf.open("rb") as file:
        made = {}
        for each in expand(file):
            if each.inner is not None and each.inner.is_made:
                assert each.file is not None
                each.file.seek(0)
                made[each.steps] = each.file.read()
        (step,) = made
        reached = reach(file, step)
        gc.collect()
        assert reached.is_made
        assert reached.file.read() == made[step]
    opener = InsideOpener()
    # Of a size that is not held in memory: it is opened anew for each step back.
    found = Found(str(pdf), "a.pdf").inside(step, size=1 << 30)
    with opener.open(opener.handle(found)) as opened:
        gc.collect()
        assert opened.read(len(made[step])) == made[step]


@pytest.mark.parametrize(
    ("data", "step"),
    [(b"no archive", Member("zip", 0, "a")), (zipped([("a", b"x")]), Page(1, 0))],
)
def test_what_is_not_there_is_told_from_what_cannot_be_read(data: bytes, step: Step) -> None:
    with pytest.raises(UnreadableError) as told:
        reach(io.BytesIO(data), (step,))
    assert (told.value.reason, told.value.detail) == (NO_SUCH_ITEM.reason, NO_SUCH_ITEM.detail)


def test_a_missing_reader_is_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "is_installed", lambda _: False)
    with pytest.raises(UnreadableError) as told:
        reach(io.BytesIO(document()), (Page(1, 0),))
    assert told.value.reason is Reason.CONTAINER
    assert "pip install '.[docs]' in hashmatch's folder" in told.value.detail
