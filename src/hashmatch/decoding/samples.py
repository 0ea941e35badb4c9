"""One known file of each format: what `hashmatch doctor` decodes.

tests/fixtures/make_samples.py draws them; they show nothing but blobs of colour and a cat.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Final
from zipfile import ZipFile

_EXPECTED: Final = "expected.json"


@dataclass(frozen=True, slots=True)
class Sample:
    """A known file.

    Attributes:
        name: the picture format as `formats.sniff` calls it, or `film` or `animation`.
        data: the file's bytes.
        pdq: the PDQ hash of what it shows, of a film that of its first frame, in hexadecimal.
    """

    name: str
    data: bytes
    pdq: str


def samples() -> Iterator[Sample]:
    """A picture of each format, a film and an animation."""
    with (
        as_file(files("hashmatch.decoding").joinpath("samples.zip")) as path,
        ZipFile(path) as archive,
    ):
        expected = json.loads(archive.read(_EXPECTED))
        for name in sorted(expected):
            yield Sample(name, archive.read(name), expected[name])
