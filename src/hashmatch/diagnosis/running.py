"""All checks together."""

from collections.abc import Callable

from hashmatch.diagnosis.decoders import check_decoders, check_refusals
from hashmatch.diagnosis.model import Check, Diagnosis
from hashmatch.diagnosis.readers import check_readers
from hashmatch.diagnosis.search import check_search
from hashmatch.diagnosis.system import check_system, facts, versions


def diagnose(
    *, short: bool = False, on_check: Callable[[Check], object] = lambda _: None
) -> Diagnosis:
    """Try every decoder, the sandbox and the search of this installation.

    Known files are decoded in a sandboxed worker and searched in an index; both lie in temporary
    folders that are removed. Nothing is raised for what does not work: the diagnosis says it.

    Args:
        short: decode only, and search nothing.
        on_check: told of each check as it is made.
    """
    further = (check_readers, check_refusals, check_search, check_system)
    parts = (check_decoders,) if short else (check_decoders, *further)
    checks: list[Check] = []
    for part in parts:
        for check in part():
            checks.append(check)
            on_check(check)
    return Diagnosis(tuple(checks), versions(), facts())
