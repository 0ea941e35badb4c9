"""The command line: one file per verb, each a twin of a library function."""

import gc
import os
import sys

from hashmatch.cli.exit_codes import (
    EXIT_INTEGRITY,
    EXIT_INTERNAL,
    EXIT_INTERRUPTED,
    EXIT_MATCHED,
    EXIT_OUTPUT,
    EXIT_UNREADABLE,
    EXIT_USAGE,
)

TYPE_CHECKING = False  # `typing` takes as long to load as a hand needs for Ctrl-C
if TYPE_CHECKING:
    from typing import NoReturn

__all__ = [
    "EXIT_INTEGRITY",
    "EXIT_INTERNAL",
    "EXIT_INTERRUPTED",
    "EXIT_MATCHED",
    "EXIT_OUTPUT",
    "EXIT_UNREADABLE",
    "EXIT_USAGE",
    "main",
]


GARBAGE = (50_000, 20, 50)
"""When Python looks for garbage in circles: after so many new values, not after 700. A scan makes
millions of values that are in none, and a quarter of the time to read answers went into it."""


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    gc.set_threshold(*GARBAGE)
    # NumPy's threads wait for small products of matrices by turning in circles: parts of pictures
    # take several times the processor time. NumPy reads this when it is loaded.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        _run()
    except KeyboardInterrupt:
        # Also while modules are loaded, before a command can say how to continue.
        sys.stderr.write("interrupted\n")
        sys.exit(EXIT_INTERRUPTED)
    finally:
        import signal

        # All memory is returned now: nothing is gained by looking for garbage in it before.
        gc.freeze()
        # What ends now has nothing more to lose: another Ctrl-C must not print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _run() -> None:
    from hashmatch.cli.output import flush_output
    from hashmatch.cli.usage import WrongUse, note_wrong_use
    from hashmatch.cli.verbs import app_of
    from hashmatch.errors import (
        DamagedDatabaseError,
        DamagedIndexError,
        DatabaseBusyError,
        DatabaseFullError,
        HashmatchError,
        IndexBusyError,
        InternalError,
        MissingDatabaseError,
        OutputError,
        ReadOnlyDatabaseError,
    )

    try:
        code = app_of(sys.argv[1:])(standalone_mode=False)
        flush_output()
        sys.exit(code or 0)
    except WrongUse as error:
        note_wrong_use(error)
        sys.exit(EXIT_USAGE)
    except InternalError as error:
        _end_of_fault(error, error.fault)
    except (HashmatchError, OSError) as error:
        from hashmatch.cli.output import note_error

        note_error(_named(error))
        if isinstance(error, DamagedIndexError | DamagedDatabaseError | MissingDatabaseError):
            sys.exit(EXIT_INTEGRITY)
        busy = isinstance(error, DatabaseBusyError | IndexBusyError)
        if busy or isinstance(error, DatabaseFullError | OutputError | ReadOnlyDatabaseError):
            sys.exit(EXIT_OUTPUT)
        sys.exit(EXIT_USAGE if isinstance(error, HashmatchError) else EXIT_OUTPUT)
    except Exception as error:  # noqa: BLE001 (nobody is helped by a traceback)
        from hashmatch.faults import fault_of

        _end_of_fault(error, fault_of(error))


def _named(error: Exception) -> Exception:
    """The error; if it was standard output that could not be written, one that says so.

    Help, the version and completions are printed by Click's `echo`, whose errors name nothing.
    """
    import traceback

    if not isinstance(error, OSError) or error.filename is not None:
        return error
    frames = [frame.f_code.co_name for frame, _ in traceback.walk_tb(error.__traceback__)]
    if "echo" not in frames:
        return error
    from hashmatch.files.whole import cannot_write

    return cannot_write("standard output", error)


def _end_of_fault(error: Exception, fault: str) -> "NoReturn":
    """Name a fault of hashmatch in one line, and exit.

    The exception's message is not printed: it may quote evidence. With HASHMATCH_DEBUG=1 the
    whole traceback is.
    """
    from hashmatch.cli.output import note

    if os.environ.get("HASHMATCH_DEBUG", "") not in ("", "0"):
        import traceback

        traceback.print_exception(error)
    note(
        f"INTERNAL ERROR: a fault in hashmatch ended this command: {fault}; please report it with "
        "the output of `hashmatch doctor`"
    )
    sys.exit(EXIT_INTERNAL)
