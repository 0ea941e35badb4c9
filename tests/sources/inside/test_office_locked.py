"""Encrypted Office documents that other programs wrote are opened with their passwords."""

import io
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("msoffcrypto")

import hashmatch as hm
from hashmatch.errors import Reason
from hashmatch.sources.inside.office_locked import decrypted
from hashmatch.sources.inside.options import Inside
from tests.support.expanded import opened, rows_of
from tests.support.inner_members import SimpleBudget, picture
from tests.support.mutations import mutant
from tests.support.ole_files import blips, ole

FOLDER = Path(__file__).parents[2] / "fixtures/office"
PASSWORDS = {
    "example_password.docx": "Password1234_",
    "ecma376standard_password.docx": "Password1234_",
    "rc4cryptoapi_password.xls": "Password1234_",
    "ppt_with_png_encrypted.ppt": "password",
    "password_tika_binaryrc4.doc": "tika",
    "xor-encryption-abc.xls": "abc",
}
SHOWN = "ppt_with_png_encrypted.ppt"


def sample(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize("name", PASSWORDS)
def test_without_the_password_a_document_says_that_it_is_encrypted(name: str) -> None:
    for passwords in ((), ("wrong", "other")):
        (row,) = rows_of(sample(name), passwords=passwords)
        assert [each.reason for each in row.problems] == [Reason.ENCRYPTED]


@pytest.mark.parametrize("name", PASSWORDS)
def test_with_the_password_all_that_is_in_it_is_given(name: str) -> None:
    rows = rows_of(sample(name), passwords=("wrong", PASSWORDS[name]))
    assert len(rows) > 1
    assert not rows[-1].problems
    for row in rows[:-1]:
        assert row.data is not None
        assert opened(sample(name), row.steps, passwords=(PASSWORDS[name],)) == row.data


def test_a_package_is_the_archive_that_was_encrypted() -> None:
    for name in ("example_password.docx", "ecma376standard_password.docx"):
        rows = rows_of(sample(name), passwords=("Password1234_",))
        (package,) = (each for each in rows if len(each.steps) == 1)
        archive = zipfile.ZipFile(io.BytesIO(package.data or b""))
        assert archive.testzip() is None
        names = {f"zip:{number}:{each}" for number, each in enumerate(archive.namelist())}
        assert {str(each.steps[-1]) for each in rows if len(each.steps) == 2} == names


def test_pictures_of_an_encrypted_presentation_are_decrypted() -> None:
    rows = rows_of(sample(SHOWN), passwords=("password",))
    shown = [each.data for each in rows if each.steps and ".png" in str(each.steps[-1])]
    assert len(shown) == 2
    for data in shown:
        # Checksums of a PNG show that every byte is right.
        Image.open(io.BytesIO(data or b"")).verify()


def test_what_excel_opens_without_a_password_is_opened() -> None:
    rows = rows_of(sample("protect.xlsx"))
    assert any("xl/workbook.xml" in str(each.steps[-1]) for each in rows if each.steps)


def test_documents_that_are_not_encrypted_are_none() -> None:
    for data in (ole({"Pictures": blips()}), ole({"a": picture("JPEG")}), b"\xd0\xcf\x11\xe0" * 99):
        assert decrypted(io.BytesIO(data), SimpleBudget(), ("x",)) is None


def test_passwords_that_would_take_for_ever_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hashmatch.sources.inside.office_locked._MOST_TURNS", 99_999)
    (row,) = rows_of(sample("example_password.docx"), passwords=("Password1234_",))
    assert [each.reason for each in row.problems] == [Reason.TOO_MUCH]


@pytest.mark.parametrize("name", PASSWORDS)
def test_without_the_library_a_document_says_what_to_install(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "msoffcrypto.exceptions", None)
    (row,) = rows_of(sample(name), passwords=(PASSWORDS[name],))
    assert [each.reason for each in row.problems] == [Reason.ENCRYPTED]
    assert "pip install '.[docs]' in hashmatch's folder" in row.problems[0].detail
    assert rows_of(ole({"Pictures": blips()}))[-1].problems == ()


def test_a_scan_decrypts_in_its_sandbox(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    for name in (SHOWN, "example_password.docx", "password_tika_binaryrc4.doc"):
        (evidence / name).write_bytes(sample(name))
    (tmp_path / "known.csv").write_text("id,pdq\nx," + "0f" * 32 + "\n")
    found = hm.iter_scan(
        evidence,
        against=tmp_path / "known.csv",
        workers=1,
        inside=Inside(passwords=("wrong", "password", "Password1234_", "tika")),
    )
    items = {each.item.locator.removeprefix(f"{evidence}/"): each.item for each in found}
    outer = {name: each.unreadable for name, each in items.items() if "!" not in name}
    assert {why and why.reason for why in outer.values()} == {Reason.OPENED}
    assert sum(each.media is not None for each in items.values()) >= 2
    assert sorted(path.name for path in evidence.iterdir()) == sorted(outer)


def test_damaged_documents_raise_nothing() -> None:
    seeds = {name: sample(name) for name in PASSWORDS}
    for name, password in PASSWORDS.items():
        for number in range(8):
            data = mutant(name, number, seeds).data
            # The document itself is the last row, whatever was found in it.
            assert rows_of(data, passwords=(password,))[-1].steps == ()
