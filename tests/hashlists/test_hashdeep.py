import pytest

from hashmatch.errors import ListFormatError
from hashmatch.model import Entry
from tests.support.list_files import listed, numbers, rows
from tests.support.text_list_seeds import MD5, SEEDS, SHA1, SHA256

HASHDEEP = "%%%% HASHDEEP-1.0\n%%%% size,md5,sha256,filename\n"


def test_hashdeep_names_its_columns() -> None:
    known = listed(SEEDS["hashdeep/audit"])
    first = known.entries[0]
    assert (known.format, first.digests.md5, first.digests.sha256) == ("hashdeep", MD5, SHA256)
    assert first.details == {"size": 1067, "filename": "/evidence/a, with comma.jpg"}
    assert known.details == {"comments": ["Invoked from: /evidence", "$ hashdeep -r ."]}


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        (f"1,{MD5.upper()},{SHA256},a,b", True),
        (f"1,{MD5},{SHA256},\ufffd", True),
        (f"1,{MD5},{SHA256}", False),
        (f"x,{MD5},{SHA256},a", False),
        (f",{MD5},{SHA256},a", False),
        (f"1,{SHA256},{MD5},a", False),
        (f"1,{MD5},,a", False),
        (MD5, False),
    ],
)
def test_every_line_is_an_entry_or_quarantined(row: str, kept: bool) -> None:  # noqa: FBT001
    good = f"1,{MD5},{SHA256},a"
    found = rows("hashdeep", f"{HASHDEEP}## x\n{good}\n\n{row}\n{good}\n")
    assert numbers(found) == ([4, *([6] * kept), 7], [6] * (not kept))


def test_a_second_header_changes_the_columns() -> None:
    more = f"%%%% HASHDEEP-1.0\n%%%% size,sha1,tiger,filename\n1,{SHA1},{'0' * 48},b\n"
    first, second = listed(f"{HASHDEEP}1,{MD5},{SHA256},a\n{more}").entries
    assert (first.digests.sha1, second.digests.sha1) == (None, SHA1)
    assert second.details["tiger"] == "0" * 48


def test_rows_without_a_header_are_quarantined() -> None:
    with pytest.raises(ListFormatError, match="no line before"):
        listed(f"%%%% HASHDEEP-1.0\n1,{MD5},{SHA256},a\n")
    with pytest.raises(ListFormatError, match="line 2"):
        listed(f"%%%% HASHDEEP-1.0\n%%%% size,whirlpool,filename\n1,{MD5},a\n")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (f"{MD5}  a b.jpg", "a b.jpg"),
        (f"{MD5.upper()} *a.jpg", "a.jpg"),
        (f"\\{MD5}  a\\nb\\\\c\\q", "a\nb\\c\\q"),
        (f"MD5 (a) (1).jpg) = {MD5}", "a) (1).jpg"),
        (f"MD5(a.jpg)= {MD5}", "a.jpg"),
    ],
)
def test_names_in_sums(line: str, name: str) -> None:
    (entry,) = listed(line).entries
    assert (entry.digests.md5, entry.details) == (MD5, {"filename": name})


@pytest.mark.parametrize(
    "line",
    [
        f"{MD5}a  a.jpg",
        f"{SHA256 * 2}  a.jpg",
        f"MD5 (a.jpg) = {SHA1}",
        f"SHA512 (a.jpg) = {SHA256 * 2}",
        f"{MD5[:-1]}g  a.jpg",
    ],
)
def test_what_is_no_sum_is_quarantined(line: str) -> None:
    assert numbers(rows("sums", f"# x\n\n{MD5}  a\n{line}\n{MD5}  b\n")) == ([3, 5], [4])


def test_64_digits_are_a_sha256_only_if_the_line_says_so() -> None:
    bare, named = rows("sums", f"{SHA256}  a\nSHA256 (a) = {SHA256}\n")
    assert isinstance(bare, Entry)
    assert isinstance(named, Entry)
    assert (len(bare.hashes), len(named.hashes)) == (1, 0)
    assert bare.digests == named.digests
