import pytest

from tests.support.list_files import listed, numbers, rows
from tests.support.text_list_seeds import ICSE_HEADER, MD5, PHOTODNA, PHOTODNA_BASE64, SEEDS, SHA1


def test_flags_stay_as_they_were_written() -> None:
    known = listed(SEEDS["icse/export"])
    first, second = known.entries
    assert (known.format, first.id, first.scheme, first.category) == ("icse", "1001", "ICSE", "")
    assert (first.digests.md5, first.digests.sha1) == (MD5, SHA1)
    assert first.hashes[0].hash.value == bytes.fromhex(PHOTODNA)
    assert (first.details["Baseline"], second.details["Baseline"]) == ("True", "False")
    assert "Victim identified" not in second.details
    assert len(second.hashes[0].hash.value) == 144


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (f"{MD5};;;7;;;;;;;;", True),
        (f"{MD5}", True),
        (f";;{PHOTODNA_BASE64};;;;;;;;;", True),
        (f"{MD5};NULL;;7;;;;;;;;;;", True),
        (";;;7;True;;;;;;;", False),
        (f"{MD5};;{PHOTODNA[2:]};7;;;;;;;;", False),
        (f"{MD5};;{PHOTODNA_BASE64[4:]};7;;;;;;;;", False),
        (f"{SHA1};{MD5};;7;;;;;;;;", False),
        (f"{MD5};;;7;;;;;;;;;x", False),
        (f'{MD5};";;7;;;;;;;;', False),
    ],
)
def test_every_row_is_an_entry_or_quarantined(row: str, kept: bool) -> None:  # noqa: FBT001
    good = f"{MD5};{SHA1};;1;;;;;;;;"
    found = rows("icse", f"\ufeff{ICSE_HEADER}\r\n{good}\r\n{row}\r\n{good}\r\n")
    assert numbers(found) == ([2, *([3] * kept), 4], [3] * (not kept))
