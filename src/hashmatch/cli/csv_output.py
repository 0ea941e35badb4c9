"""Tables on standard output, as spreadsheets and other programs read them."""

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from hashmatch.cli.output import standard_output
from hashmatch.reports.csv import BYTE_ORDER_MARK, cell


def text_output() -> TextIO:
    """Standard output that takes all text as it is, whatever the terminal's own encoding."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    return sys.stdout


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table with its columns, row by row as they come."""
    with standard_output():
        out = text_output()
        out.write(BYTE_ORDER_MARK)
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows(map(cell, row) for row in rows)
