"""The command line: one file per verb, each a twin of a library function."""

import sys

EXIT_OUTPUT = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 4
EXIT_INTEGRITY = 5
EXIT_MATCHED = 10
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    from hashmatch.cli.app import app
    from hashmatch.errors import (
        DamagedDatabaseError,
        DamagedIndexError,
        DatabaseFullError,
        HashmatchError,
        MissingDatabaseError,
    )

    try:
        app()
    except (HashmatchError, OSError) as error:
        from hashmatch.cli.output import note_error

        note_error(error)
        if isinstance(error, DamagedIndexError | DamagedDatabaseError | MissingDatabaseError):
            sys.exit(EXIT_INTEGRITY)
        if isinstance(error, DatabaseFullError):
            sys.exit(EXIT_OUTPUT)
        sys.exit(EXIT_USAGE if isinstance(error, HashmatchError) else EXIT_OUTPUT)
