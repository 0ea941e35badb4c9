"""What the page about the database says of tables, and how it recomputes the chain."""

import re
import sqlite3
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tests.support.sighting_values import scanned

PAGE = (ROOT / "docs/reference/database.md").read_text(encoding="utf-8")


def test_every_table_is_described(tmp_path: Path) -> None:
    connection = sqlite3.connect(scanned(tmp_path / "db", 1))
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    connection.close()
    tables_alone = PAGE.partition("## Tables")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", tables_alone, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert named == {name for (name,) in tables}


def test_others_can_recompute_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned(tmp_path / "lab.sightings", 40)
    monkeypatch.chdir(tmp_path)
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    said: dict[str, object] = {}
    exec(program, said)  # noqa: S102 (our own page)
    connection = sqlite3.connect("lab.sightings")
    (head,) = connection.execute("SELECT sha256 FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    connection.execute("DROP TRIGGER audit_no_update")
    connection.execute("UPDATE audit SET actor = 'x' WHERE seq = 2")
    connection.commit()
    connection.close()
    assert said["previous"] == head
    with pytest.raises(AssertionError, match="2"):
        exec(program, {})  # noqa: S102 (our own page)
