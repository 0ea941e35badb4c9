"""The command line of hashmatch, in which every group of answers is checked by a second worker.

    python checked_scan.py FILE scan …

A byte is appended to the file whenever an answer is held, and whenever a group of them begins to
wait for its checks.
"""

import sys
from typing import Any

from hashmatch.cli import main
from hashmatch.scanning import checks


def _telling(path: str) -> None:
    close: Any = checks.Checks.close
    hold: Any = checks.Checks.hold

    def tell() -> None:
        with open(path, "ab") as file:  # noqa: PTH123 (as short as can be)
            file.write(b"!")

    def held(self: checks.Checks[Any, Any], *values: Any, **options: Any) -> None:
        hold(self, *values, **options)
        tell()

    def closed(
        self: checks.Checks[Any, Any], worker: object, *, least: int = 0, **options: Any
    ) -> object:
        given: object = close(self, worker, least=max(least, 1), **options)
        tell()
        return given

    for name, function in (("hold", held), ("close", closed)):
        setattr(checks.Checks, name, function)


if __name__ == "__main__":
    _telling(sys.argv.pop(1))
    main()
