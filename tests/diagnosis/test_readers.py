import sys

import pytest

from hashmatch.diagnosis.model import Check, State
from hashmatch.diagnosis.readers import check_readers
from hashmatch.sources.inside.parsers import PARSERS


def checks() -> dict[str, Check]:
    return {each.name: each for each in check_readers()}


def test_every_reader_is_named_once() -> None:
    found = checks()
    assert found["readers"].state is State.OK
    told = [
        part
        for each in found.values()
        for part in each.detail.removeprefix("not read: ").split(", ")
    ]
    assert all(told.count(kind) == 1 for kind in PARSERS)
    assert {"extra archives", "extra docs", "extra pst"} <= {*found}


@pytest.mark.parametrize(
    ("module", "extra", "what"),
    [
        ("rars", "archives", "RAR archive"),
        ("inflate64", "archives", "Deflate64 in zip archives"),
        ("pikepdf", "docs", "PDF document"),
        ("msoffcrypto", "docs", "encrypted Office documents"),
        ("pypff", "pst", "Outlook mailbox (PST)"),
    ],
)
def test_a_missing_one_says_how_it_is_installed(
    module: str, extra: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    found = checks()[f"extra {extra}"]
    assert found.state is State.OPTIONAL
    assert what in found.detail
    assert found.advice == f"pip install '.[{extra}]' in hashmatch's folder"
