"""The list of third parties' licences is true of what is installed, and none forbids our own."""

import re
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

from tools import licences


def test_every_package_that_is_installed_with_hashmatch_has_its_row() -> None:
    rows = licences.rows(licences.PAGE.read_text(encoding="utf-8"))
    locked = (licences.ROOT / "requirements/lock-extras.txt").read_text(encoding="utf-8")
    assert sorted(rows) == licences.locked("lock-extras.txt")
    for package in licences.installed(rows):
        if f"{package.name}=={package.version}" in locked:  # others may name it in other words
            assert f" | {package.licence} | " in rows[package.name]


def test_no_package_is_under_the_gpl() -> None:
    for name, row in licences.rows(licences.PAGE.read_text(encoding="utf-8")).items():
        licence = row.split(" | ")[1]
        assert licence != "not named", name
        assert not re.search(r"\bA?GPL|GNU (?:Affero )?General", licence), name


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("License-Expression: MIT\nLicense: x", "MIT"),
        ("License: BSD\nClassifier: License :: OSI Approved :: MIT License", "BSD"),
        ("Classifier: License :: OSI Approved :: MIT License", "MIT License"),
        ("Classifier: Typing :: Typed", "not named"),
    ],
)
def test_a_licence_is_what_the_package_says(text: str, licence: str) -> None:
    fields = HeaderParser().parsestr(f"Name: A_b\nVersion: 1\n{text}\n\nA text.")
    assert licences.package_of(fields).licence == licence
    assert licences.package_of(fields).name == "a-b"


def test_a_bundle_has_the_text_of_each_licence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr("x-1.dist-info/METADATA", "Name: x\nVersion: 1\nLicense-Expression: MIT\n")
        wheel.writestr("x-1.dist-info/licenses/sub/LICENSE", "sub")
        wheel.writestr("x-1.dist-info/COPYING", "copying")
        wheel.writestr("x/LICENSE.py", "no licence")
    licences.bundle(tmp_path, tmp_path / "licences")
    texts = {
        path.name: path.read_text() for path in tmp_path.glob("licences/x-1/**/*") if path.is_file()
    }
    assert texts == {"LICENSE": "sub", "COPYING": "copying"}
    assert "| x | 1 | MIT |" in (tmp_path / "licences/licences.md").read_text()
