from pathlib import Path

import pytest
from typer.testing import CliRunner

from hashmatch.cli.app import app


@pytest.mark.parametrize("options", [[], ["--json"], ["--for-sharing"]])
def test_a_folder_that_holds_no_file_is_said(tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "mounted" / "nothing").mkdir(parents=True)
    done = CliRunner().invoke(app, ["hash", *options, str(tmp_path / "mounted")])
    assert done.exit_code == 4
    assert "holds no file" in done.stderr
