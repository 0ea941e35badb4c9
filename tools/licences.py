"""Licences of the packages that hashmatch is installed with.

    python tools/licences.py                           writes docs/licences.md
    python tools/licences.py --wheels DIR --into DIR   list and texts for the wheels of a bundle

The page is about what requirements/lock-extras.txt names, read from what is installed here; a
package that is not installed keeps the row that it has.
"""

import argparse
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from importlib import metadata
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs/licences.md"
_GCC: Final = "GCC runtime (GPL-3.0 with the GCC exception, LGPL-2.1)"
INSIDE: Final = {
    "av": "FFmpeg (LGPL-3.0); **x264 and x265 (GPL-2.0)**, encoders that hashmatch never calls; "
    "GnuTLS, Nettle, GMP, libunistring, LAME, ALSA (LGPL); dav1d, libvpx, SVT-AV1, Opus, libwebp, "
    "opencore-amr, libvpl, libdrm, XCB (permissive)",
    "cramjam": "Brotli, bzip2, LZ4, XZ, Zstandard (permissive)",
    "cryptography": "OpenSSL (Apache-2.0)",
    "deflate": "libdeflate (MIT)",
    "faiss-cpu": f"OpenBLAS (BSD-3-Clause); {_GCC}",
    "numpy": f"OpenBLAS (BSD-3-Clause); {_GCC}",
    "opencv-python-headless": "FFmpeg (LGPL-2.1; **GPL-2.0 in the wheel for macOS on ARM**); "
    "libaom, libvpx, libavif, OpenJPEG, libwebp, libtiff, libpng, libjpeg-turbo, OpenSSL, "
    f"OpenBLAS, libdrm (permissive); {_GCC}",
    "pi-heif": "libheif, libde265 (LGPL-3.0)",
    "pikepdf": "qpdf (Apache-2.0), libjpeg-turbo (IJG, BSD-3-Clause, Zlib)",
    "pillow": "libjpeg-turbo, libtiff, libpng, OpenJPEG, libwebp, libavif, FreeType, HarfBuzz, "
    "Little CMS, XZ, Zstandard, Brotli, XCB (permissive)",
    "pyarrow": "Arrow C++, ORC, Protobuf, gRPC, Abseil, c-ares, RE2, Thrift, Boost, jemalloc, "
    "OpenSSL, OpenTelemetry, Brotli, LZ4, Snappy, zlib, Zstandard, RapidJSON (permissive)",
    "pylibjxl": "libjxl, Highway, Brotli (permissive)",
    "pytsk3": "The Sleuth Kit (IBM Public License 1.0, CPL-1.0), talloc (LGPL-3.0)",
    "simplejpeg": "libjpeg-turbo (IJG, BSD-3-Clause, Zlib)",
}
"""Libraries in the wheels for Linux that are no Python, and their licences; from the wheels."""

_LEGAL: Final = re.compile(
    r"\.dist-info/(?:licenses/.+|(?:LICEN[CS]E|COPYING|NOTICE|AUTHORS)[^/]*)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Package:
    """A package as its own metadata describes it.

    Attributes:
        name: as the lock file spells it.
        version: installed, or of the wheel.
        licence: its own, as an expression or in the words of the package.
        home: an address, if it names one.
    """

    name: str
    version: str
    licence: str
    home: str


def package_of(fields: Message) -> Package:
    """A package from the fields of its metadata."""
    name = re.sub(r"[-_.]+", "-", str(fields["Name"])).lower()
    return Package(name, str(fields["Version"]), _licence(fields), _home(fields))


def _licence(fields: Message) -> str:
    for given in (fields["License-Expression"], fields["License"]):
        if given and "\n" not in given.strip():
            return str(given).strip()
    named = [each for each in fields.get_all("Classifier", []) if each.startswith("License ::")]
    return ", ".join(each.rpartition(":: ")[2] for each in named) or "not named"


def _home(fields: Message) -> str:
    addresses = [str(each).split(", ", 1) for each in fields.get_all("Project-URL", [])]
    named = {label.lower(): address for label, address in addresses}
    for label in ("homepage", "repository", "source", "source code", "code"):
        if label in named:
            return named[label]
    return str(fields["Home-page"] or next(iter(named.values()), ""))


def locked(name: str) -> list[str]:
    """The packages of a lock file, each once."""
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return sorted(set(re.findall(r"^([a-z0-9.-]+)==", text, re.MULTILINE)))


def installed(names: Iterable[str]) -> Iterator[Package]:
    """Those of the packages that are installed here."""
    for name in names:
        try:
            yield package_of(_fields(metadata.distribution(name).read_text("METADATA") or ""))
        except metadata.PackageNotFoundError:
            continue


def rows(text: str) -> dict[str, str]:
    """The rows of the page, by package."""
    found = re.finditer(r"^\| ([a-z0-9.-]+) \|.*\|$", text, re.MULTILINE)
    return {each[1]: each[0] for each in found if each[1] != "package"}


def row(package: Package, *, version: bool = False) -> str:
    """A row of the table."""
    number = f" {package.version} |" if version else ""
    inside = INSIDE.get(package.name, "")
    return f"| {package.name} |{number} {package.licence} | {inside} | {package.home} |"


def page(kept: dict[str, str]) -> str:
    """The whole of docs/licences.md."""
    base, all_ = locked("lock.txt"), locked("lock-extras.txt")
    now = kept | {each.name: row(each) for each in installed(all_)}
    parts = {"Always installed": base, "With an extra": [name for name in all_ if name not in base]}
    tables = (
        f"\n## {title}\n\n| package | licence | libraries inside | home |\n|---|---|---|---|\n"
        + "".join(f"{now[name]}\n" for name in names)
        for title, names in parts.items()
    )
    return _HEAD + "".join(tables)


_HEAD: Final = """# Licences of third parties

hashmatch is under Apache-2.0. It is installed with the packages below, as unmodified wheels.
`tools/licences.py` writes this page from their metadata. A bundle ([Installing](install.md)) holds
the same list with versions, and the full texts.

All packages are under permissive licences, except certifi (extra `exchanges`), which is under
MPL-2.0. Some wheels contain compiled libraries under other licences: see the third column. The
wheels of PyAV contain the encoders x264 and x265, which are under the GPL. hashmatch only decodes
and never calls them, but whoever distributes a bundle also distributes these libraries.
"""


def bundle(wheels: Path, into: Path) -> None:
    """Write the list and the texts of all licences in a folder of wheels."""
    found = []
    for wheel in sorted(wheels.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            names = archive.namelist()
            own = next(each for each in names if each.endswith(".dist-info/METADATA"))
            package = package_of(_fields(archive.read(own).decode("utf-8")))
            found.append(package)
            for name in filter(_LEGAL.search, (each for each in names if not each.endswith("/"))):
                inner = name.partition(".dist-info/")[2].removeprefix("licenses/")
                target = into / f"{package.name}-{package.version}" / inner
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
    head = "| package | version | licence | libraries inside | home |\n|---|---|---|---|---|\n"
    text = "# Licences\n\n" + head + "".join(f"{row(each, version=True)}\n" for each in found)
    (into / "licences.md").write_text(text, encoding="utf-8")


def _fields(text: str) -> Message:
    return HeaderParser().parsestr(text)


def main(arguments: list[str]) -> None:
    """Write what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wheels", type=Path)
    parser.add_argument("--into", type=Path)
    asked = parser.parse_args(arguments)
    if asked.wheels:
        bundle(asked.wheels, asked.into)
    else:
        kept = rows(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
        PAGE.write_text(page(kept), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
