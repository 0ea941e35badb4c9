"""Expressions for what files hold, compiled when they are first needed."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import TypeAlias

Finding: TypeAlias = Callable[..., re.Match[bytes] | None]


class Magic:
    """A regular expression of bytes, in which a dot is any byte.

    There are two hundred for all kinds of files. Compiling them takes as long as the import of all
    these modules, in each worker; most processes meet few kinds.
    """

    def __init__(self, expression: bytes) -> None:
        """Compile nothing yet.

        Args:
            expression: as for `re.compile`.
        """
        self._expression = expression

    @cached_property
    def match(self) -> Finding:
        """The same as `re.Pattern.match`."""
        return self._compiled.match

    @cached_property
    def search(self) -> Finding:
        """The same as `re.Pattern.search`."""
        return self._compiled.search

    @cached_property
    def _compiled(self) -> re.Pattern[bytes]:
        return re.compile(self._expression, re.DOTALL)
