"""What works is called so, and what was broken on purpose is found and named."""

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from hashmatch import cli
from hashmatch.decoding import formats, jpeg
from hashmatch.decoding.samples import Sample, samples
from hashmatch.diagnosis import decoders, search, system
from hashmatch.diagnosis.model import Check, Diagnosis, State
from hashmatch.diagnosis.running import diagnose
from hashmatch.matching.matcher import Matcher
from hashmatch.scanning.reading import read_items
from tests.support.kernels import without_kernels

MOVING = {"film", "animation"}


def states(checks: Any) -> dict[str, State]:
    return {check.name: check.state for check in checks}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Samples are decoded in this process, where a test can break something."""

    def read(*args: Any, **options: Any) -> Any:
        return read_items(*args, **{**options, "workers": 0})

    monkeypatch.setattr(decoders, "read_items", read)
    return monkeypatch


def test_every_format_has_a_sample() -> None:
    found = {sample.name: sample for sample in samples()}
    assert found.keys() == {*formats.names(), *MOVING}
    for name in found.keys() - MOVING:
        assert formats.sniff(found[name].data[: formats.HEAD]) == name


def test_this_installation_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    found = diagnose()
    assert [check for check in found.checks if check.state is State.FAILED] == []
    names = {f"format {name}" for name in formats.names()}
    assert names | MOVING | {"sandbox", "search", "kernels"} <= states(found.checks).keys()
    assert {
        "hashmatch",
        "hashmatch-kernels",
        "Python",
        "libavcodec",
        "libheif",
        "SQLite",
    } <= found.versions.keys()
    assert {"open files", "memory", "Landlock"} <= found.facts.keys()
    assert capsys.readouterr() == ("", "")


def test_a_broken_decoder_is_found(here: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError

    here.setattr(jpeg, "trim", broken)
    found = {check.name: check for check in diagnose(short=True).checks}
    assert found["format jpeg"].state is State.FAILED
    assert "internal-error: KeyError in decoding/jpeg.py" in found["format jpeg"].detail
    assert found["format jpeg"].advice
    assert found["format png"].state is State.OK


def test_a_picture_that_is_read_wrongly_is_found(here: pytest.MonkeyPatch) -> None:
    real = {sample.name: sample for sample in samples()}
    swapped = Sample("png", real["heif"].data, real["png"].pdq)
    here.setattr(decoders, "samples", lambda: iter([swapped, real["bmp"]]))
    assert states(decoders.check_decoders()) == {
        "format png": State.FAILED,
        "format bmp": State.OK,
        "sandbox": State.OK,
    }


def test_a_film_that_stands_still_is_found(here: pytest.MonkeyPatch) -> None:
    real = {sample.name: sample for sample in samples()}
    still = Sample("film", real["png"].data, real["png"].pdq)
    here.setattr(decoders, "samples", lambda: iter([still]))
    assert states(decoders.check_decoders())["film"] is State.FAILED


def test_a_missing_extra_is_named_with_what_to_do(here: pytest.MonkeyPatch) -> None:
    here.setitem(sys.modules, "pylibjxl", None)
    found = {check.name: check for check in diagnose(short=True).checks}
    assert found["format jpegxl"].state is State.DEGRADED
    assert found["format jpegxl"].advice == "pip install '.[jxl]' in hashmatch's folder"
    here.setitem(system._EXTRAS, "none", ("no-such-package", "nothing"))
    extra = {check.name: check for check in system.check_system()}["extra none"]
    assert extra == Check(
        "extra none", State.OPTIONAL, "nothing", "pip install '.[none]' in hashmatch's folder"
    )


def test_a_worker_that_cannot_start_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert states(decoders.check_decoders())["workers"] is State.FAILED


def test_what_the_sandbox_lacks_is_told(here: pytest.MonkeyPatch) -> None:
    def read(*_: object, on_notice: Callable[[str], object], **__: object) -> Any:
        on_notice("the kernel lacks Landlock")
        return iter(())

    here.setattr(decoders, "read_items", read)
    found = states(decoders.check_decoders())
    assert found["sandbox"] is State.DEGRADED
    assert found["format jpeg"] is State.FAILED


def test_a_search_that_misses_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Matcher, "match", lambda *_: ())
    assert states(search.check_search())["search"] is State.FAILED

    def broken(*_: object) -> None:
        raise KeyError

    monkeypatch.setattr(Matcher, "match", broken)
    (check, _) = search.check_search()
    assert check.detail.startswith("KeyError in diagnosis/search.py")


def test_without_compiled_kernels_searches_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_kernels(monkeypatch):
        found = list(search.check_search())
    assert states(found) == {"search": State.OK, "kernels": State.DEGRADED}
    assert found[1].advice == "install a C compiler, then hashmatch again"


def test_small_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "open_files", lambda: 64)
    monkeypatch.setattr(system, "memory_limit", lambda: 100 << 20)
    found = states(system.check_system())
    assert (found["open files"], found["memory"]) == (State.DEGRADED, State.DEGRADED)


@pytest.mark.parametrize(
    ("state", "code"),
    [(State.OK, None), (State.OPTIONAL, None), (State.DEGRADED, 4), (State.FAILED, 70)],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_says_what_was_found(
    state: State,
    code: int | None,
    *,
    as_json: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    checks = (Check("one", State.OK), Check("two", state, "is so", "do this"))

    def told(*, on_check: Callable[[Check], object]) -> Diagnosis:
        for check in checks:
            on_check(check)
        return Diagnosis(checks, {"Python": "3"}, {"memory": "much"})

    monkeypatch.setattr("hashmatch.diagnosis.running.diagnose", partial(told))
    monkeypatch.setattr(sys, "argv", ["hashmatch", "doctor", *(["--json"] if as_json else [])])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == (code or 0)
    out, err = capsys.readouterr()
    assert err == ""
    if as_json:
        found = json.loads(out)
        assert found["checks"][1] == {
            "name": "two",
            "state": state.value,
            "detail": "is so",
            "advice": "do this",
        }
        assert (found["versions"], found["facts"]) == ({"Python": "3"}, {"memory": "much"})
    else:
        assert "do this" in out
        assert "2 checks" in out
