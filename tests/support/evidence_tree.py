"""A small tree of evidence with files in files, and a case in which it is on record."""

import gzip
import io
import zipfile
from pathlib import Path

import py7zr
from pikepdf import Name

import hashmatch as hm
from tests.support.archives import tarred, zipped
from tests.support.pdf_files import Writer, pixels
from tests.support.photos import encoded, photo

CASE, EXHIBIT = "7/26", "A"
ODD = "100% odd!zip:0:x.jpg"
"""A file whose name looks like a locator."""
DEEP = "a.tar.gz!gz:0:!tar:0:in%21n%25er.zip!zip:1:coffee.jpg"
MADE = "d.pdf!page:1:0"
"""A picture that a document holds as pixels."""
CUT = "cut.zip!zip:1:coffee.jpg"
"""A member of which only the beginning is there."""
SECRET = "correct horse"  # noqa: S105 (of an archive that the tests make)


def pictures() -> dict[str, bytes]:
    return {
        f"{name}.jpg": encoded(photo(name).resize((160, 120)), "JPEG", quality=90)
        for name in ("astronaut", "coffee", "rocket", "chelsea")
    }


def seven(password: str | None = None) -> bytes:
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", password=password) as archive:
        for name, data in pictures().items():
            archive.writestr(data, name)
    return out.getvalue()


def document() -> bytes:
    """A PDF of two pages: a picture as pixels, and one as a JPEG file."""
    writer, image = Writer(), pixels()
    facts = {"ColorSpace": Name.DeviceRGB, "BitsPerComponent": 8}
    writer.page(writer.stream(image.tobytes(), image.size, **facts))
    jpeg = pictures()["rocket.jpg"]
    writer.page(writer.stream(jpeg, (160, 120), Filter=Name.DCTDecode, **facts))
    out = io.BytesIO()
    writer.document.save(out)
    return out.getvalue()


def plant(folder: Path) -> None:
    """Files in files, plain ones with odd names, and what cannot be read."""
    folder.mkdir()
    files = [*pictures().items()]
    inner = zipped(files)
    many = [(f"{at}/{name}", data + bytes([at])) for at in range(8) for name, data in files]
    for name, data in {
        "a.tar.gz": gzip.compress(tarred([("in!n%er.zip", inner), *files])),
        "b.7z": seven(),
        "blob.bin": bytes(5000) + files[1][1] + bytes(777) + files[2][1] + b"x" * 100,
        "cut.zip": inner[: len(inner) // 2],
        "d.pdf": document(),
        "empty": b"",
        "many.zip": zipped(many, zipfile.ZIP_STORED),
        "locked.7z": seven(SECRET),
        ODD: files[3][1],
    }.items():
        (folder / name).write_bytes(data)
    (folder / "sub").mkdir()
    (folder / "sub/line\nbreak.jpg").write_bytes(files[0][1])
    (folder / "link").symlink_to("b.7z")


def lab(folder: Path) -> Path:
    """A folder with evidence, and its scan on record, with the password of an archive."""
    from hashmatch.sources.inside.options import Inside

    evidence = folder / "evidence"
    plant(evidence)
    known = hm.hash_image(pictures()["astronaut.jpg"]).hash.hex
    (folder / "known.csv").write_text(f"id,pdq\nx,{known}\n")
    (folder / "words.txt").write_text(f"wrong\n{SECRET}\n")
    hm.scan(
        evidence,
        against=folder / "known.csv",
        db=folder / "lab.db",
        case=CASE,
        exhibit=EXHIBIT,
        inside=Inside(passwords=("wrong", SECRET)),
        workers=1,
    )
    return folder
