"""What holds for every text, CSV, XML and SQLite format alike."""

from io import StringIO
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashmatch import registry
from hashmatch.errors import ListFormatError
from hashmatch.hashlists.base import HEAD, About, ListFile, ListWriter, Quarantined, Withdrawn
from hashmatch.hashlists.reading import detect
from hashmatch.model import Entry
from tests.support.list_files import list_file, listed, rows
from tests.support.text_list_seeds import SEEDS

FORMS = sorted({name.partition("/")[0] for name in SEEDS})


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_is_recognised_as_its_own_format(seed: str) -> None:
    own = seed.partition("/")[0]
    with list_file(SEEDS[seed]) as path:
        assert detect(ListFile(path)) == own
    claims = [f for f in FORMS if registry.load("lists", f).detect(SEEDS[seed][:HEAD])]
    assert set(claims) - {"csv"} <= {own}, "only CSV, the last but one, may claim others' files"


@pytest.mark.parametrize("seed", SEEDS)
def test_every_seed_reads_without_loss(seed: str) -> None:
    known = listed(SEEDS[seed])
    assert known.entries
    assert len(known.quarantined) == (seed == "threatexchange/csv")


@pytest.mark.parametrize("form", FORMS)
@given(data=st.binary(max_size=200), seed=st.integers(0, 99))
def test_any_bytes_give_rows_or_a_refusal(form: str, data: bytes, seed: int) -> None:
    own = [content for name, content in SEEDS.items() if name.startswith(f"{form}/")]
    random = Random(seed)
    base = bytearray(random.choice(own))
    at = random.randrange(len(base))
    base[at : at + random.choice((0, 1, len(data)))] = data
    for content in (data, bytes(base), bytes(base[: at + len(data)])):
        registry.load("lists", form).detect(content)
        try:
            found = rows(form, content)
        except ListFormatError:
            continue
        for row in found:
            assert isinstance(row, Entry | Quarantined | Withdrawn | About)
            assert not isinstance(row, Entry) or row.hashes or list(row.digests.items())


@pytest.mark.parametrize("form", FORMS)
def test_a_missing_file_is_refused(form: str) -> None:
    with pytest.raises(ListFormatError, match="nowhere"):
        listed_from_nowhere(form)


def listed_from_nowhere(form: str) -> None:
    with list_file("") as path:
        list(registry.load("lists", form).read(ListFile(path.with_name("nowhere.txt"))))


@pytest.mark.parametrize(
    "form", [f for f in FORMS if isinstance(registry.load("lists", f), ListWriter)]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_writers_take_entries_of_every_format(form: str, seed: str) -> None:
    known = listed(SEEDS[seed])
    out = StringIO()
    lost = registry.load("lists", form).write(known.entries, About(), out)
    if form == "csv":
        assert lost == {}
        back = listed(out.getvalue(), format=form).entries
        assert [(e.digests, e.category, e.details) for e in back] == [
            (e.digests, e.category, e.details) for e in known.entries
        ]
        assert [sorted(map(str, e.hashes)) for e in back] == [
            sorted(map(str, e.hashes)) for e in known.entries
        ]
