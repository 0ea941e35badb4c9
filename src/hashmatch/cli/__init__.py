"""The command line: one file per verb, each a twin of a library function."""

import os
import sys

EXIT_USAGE = 2
EXIT_UNREADABLE = 4
EXIT_INTERRUPTED = 130


def main() -> None:
    """Run the command that the arguments name, and exit with its code."""
    import click

    from hashmatch.cli.app import app
    from hashmatch.errors import HashmatchError

    try:
        code = app(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("interrupted", file=sys.stderr)  # noqa: T201 (a command line prints)
        code = EXIT_INTERRUPTED
    except HashmatchError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 (a command line prints)
        code = EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code or 0)
