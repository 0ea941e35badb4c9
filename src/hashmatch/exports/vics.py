"""VICS 2.0, as the report of a case is written."""

import io
from collections import Counter
from typing import BinaryIO

from hashmatch.exports.facts import Facts
from hashmatch.reports.base import Writing
from hashmatch.reports.vics import VicsReport


class VicsExport:
    """The report of one case, which has to be named."""

    suffix = ".vics.json"
    of_links = False

    def write(self, facts: Facts, out: BinaryIO, /) -> Counter[str]:
        """Write the report of the case.

        Raises:
            ValueError: no case is named.
        """
        if not facts.case:
            msg = "a VICS file is of one case: name it"
            raise ValueError(msg)
        text = io.TextIOWrapper(out, "utf-8", newline="", write_through=True)
        try:
            writing = Writing(facts.tool, facts.at)
            return VicsReport().write(facts.database, facts.case, text, writing=writing)
        finally:
            text.detach()
