"""`hashmatch doctor`: whether this installation does what it must."""

from typing import TYPE_CHECKING, Any

import typer

from hashmatch.cli.exit_codes import EXIT_INTERNAL, EXIT_UNREADABLE
from hashmatch.cli.options import JsonOption
from hashmatch.cli.output import json_line, line, note, printable
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from hashmatch.diagnosis.model import Check, Diagnosis

HELP = """Check this installation: formats, readers, the sandbox, the search, versions and limits.

Decodes a built-in picture of each format, a film and an animation in a sandboxed worker, then
builds a small index in a temporary folder and searches it. Lists what is missing and what to do,
also for readers of archives, documents, mail and disk images that are not installed. Reads no
evidence and needs no network; the output can be sent with a fault report.

Exit code 4 means that something works only in part, 70 that a check failed.

\b
Examples:
  hashmatch doctor
  hashmatch doctor --json > doctor.json
"""


def doctor(*, as_json: JsonOption = False) -> None:
    """The command `doctor`."""
    from hashmatch.diagnosis.model import State
    from hashmatch.diagnosis.running import diagnose

    found = diagnose(on_check=(lambda _: None) if as_json else _show)
    if as_json:
        json_line(_plain(found))
    else:
        _show_about(found)
    codes = {State.FAILED: EXIT_INTERNAL, State.DEGRADED: EXIT_UNREADABLE}
    if found.state in codes:
        raise typer.Exit(codes[found.state])


def short_check() -> None:
    """Say what does not work, if anything, and name the verb that says more."""
    from hashmatch.diagnosis.model import State
    from hashmatch.diagnosis.running import diagnose

    found = diagnose(short=True)
    wrong = [check for check in found.checks if check.state is not State.OK]
    for check in wrong:
        note(f"{check.state.value}: {check.name}: {check.detail}")
    if wrong:
        note("run `hashmatch doctor` for details and what to do")


def _show(check: "Check") -> None:
    line(printable(f"{check.state.value:9} {check.name:18} {check.detail}".rstrip()))
    if check.advice:
        line(printable(f"{'':9} {'':18} → {check.advice}"))


def _show_about(found: "Diagnosis") -> None:
    line()
    for name, value in {**found.versions, **found.facts}.items():
        line(printable(f"{name:20} {value}"))
    line()
    counts = dict.fromkeys(dict.fromkeys(check.state for check in found.checks), 0)
    for check in found.checks:
        counts[check.state] += 1
    told = ", ".join(f"{count} {state.value}" for state, count in counts.items())
    line(f"{number_of(len(found.checks), 'check')}: {told}")


def _plain(found: "Diagnosis") -> dict[str, Any]:
    return {
        "record": "doctor",
        "state": found.state.value,
        "checks": [
            {
                "name": check.name,
                "state": check.state.value,
                "detail": check.detail,
                "advice": check.advice or None,
            }
            for check in found.checks
        ],
        "versions": dict(found.versions),
        "facts": dict(found.facts),
    }
