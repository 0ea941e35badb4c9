"""Exit codes of all commands, see docs/reference/cli.md."""

EXIT_OUTPUT = 1
EXIT_USAGE = 2
EXIT_UNREADABLE = 4
EXIT_INTEGRITY = 5
EXIT_MATCHED = 10
EXIT_INTERNAL = 70
EXIT_INTERRUPTED = 130
