"""Files that hold files are named by their content, and are no pictures."""

import bz2
import gzip
import io
import lzma
import random
import sqlite3
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import closing
from email.message import EmailMessage

import pytest
from PIL import Image

from hashmatch import hash_image, hash_item
from hashmatch.containers import NAMES, flag_of, in_words, name_in, named_first
from hashmatch.decoding.recognition import recognised
from hashmatch.errors import Reason, UnreadableImageError
from hashmatch.kinds.sniffing import Container, sniff_container
from hashmatch.model.media import FileKind
from tests.support.evidence_documents import flash
from tests.support.photos import photo


def sniffed(data: bytes) -> Container | None:
    return sniff_container(io.BytesIO(data), data[:65536])


def zipped(*names: str, first: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name in names:
            archive.writestr(name, first or random.Random(name).randbytes(500))
    return buffer.getvalue()


def with_mimetype(mimetype: str) -> bytes:
    return zipped("mimetype", first=mimetype.encode(), method=zipfile.ZIP_STORED)


def locked(archive: bytes) -> bytes:
    """The same, with the mark of encryption that the format has for each member."""
    data = bytearray(archive)
    data[6] |= 1
    at = data.index(b"PK\1\2")
    data[at + 8] |= 1
    return bytes(data)


def tarred() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        member = tarfile.TarInfo("a.txt")
        member.size = 3
        archive.addfile(member, io.BytesIO(b"abc"))
    return buffer.getvalue()


def database() -> bytes:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE a (b)")
        return connection.serialize()


def message() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "A picture"
    mail.set_content("Here it is.")
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="a.jpg")
    return mail.as_bytes()


def jpeg(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def document(*names: str) -> bytes:
    """A PDF of these photos, as Pillow writes it: each a JPEG."""
    first, *others = (photo(name) for name in names)
    buffer = io.BytesIO()
    first.save(buffer, "PDF", save_all=True, append_images=others)
    return buffer.getvalue()


def compound(*streams: str) -> bytes:
    """The head of an OLE file and its directory."""
    names = (name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"".join(names)


def placed(mark: bytes, place: int, size: int = 1 << 17) -> bytes:
    return mark.rjust(place + len(mark), b"\0").ljust(size, b"\0")


def partitioned() -> bytes:
    entry = b"\x80\0\0\0\x07\0\0\0" + (2048).to_bytes(4, "little") + (9999).to_bytes(4, "little")
    return (entry.rjust(446 + 16, b"\0").ljust(510, b"\0") + b"\x55\xaa").ljust(1 << 17, b"\0")


MADE: dict[str, Callable[[], bytes]] = {
    "zip archive": lambda: zipped("a.bin", "b.bin"),
    "Word document": lambda: zipped("[Content_Types].xml", "word/document.xml"),
    "Excel workbook": lambda: zipped("[Content_Types].xml", "xl/workbook.xml"),
    "PowerPoint presentation": lambda: zipped("[Content_Types].xml", "ppt/presentation.xml"),
    "EPUB book": lambda: with_mimetype("application/epub+zip"),
    "OpenDocument file": lambda: with_mimetype("application/vnd.oasis.opendocument.text"),
    "Android package (APK)": lambda: zipped("AndroidManifest.xml", "META-INF/MANIFEST.MF"),
    "iOS package (IPA)": lambda: zipped("Payload/Some.app/Info.plist"),
    "tar archive": tarred,
    "gzip-compressed file": lambda: gzip.compress(b"abc" * 1000),
    "bzip2-compressed file": lambda: bz2.compress(b"abc" * 1000),
    "xz-compressed file": lambda: lzma.compress(b"abc" * 1000),
    "LZMA-compressed file": lambda: lzma.compress(b"abc" * 1000, lzma.FORMAT_ALONE),
    "zlib-compressed file": lambda: zlib.compress(b"abc" * 1000),
    "Flash film (SWF)": lambda: flash([b"abc"]),
    "SQLite database": database,
    "mail message": message,
    "mailbox (mbox)": lambda: b"From a@example.org Mon Jan  2 03:04:05 2023\n" + message(),
    "PDF document": lambda: b"%PDF-1.7\n" + bytes(1000) + b"\ntrailer <</Root 1 0 R>>\n%%EOF",
    "OLE document": lambda: compound("Something"),
    "Outlook message": lambda: compound("__properties_version1.0"),
    "thumbnail database (Thumbs.db)": lambda: compound("1", "2", "Catalog"),
    "7-Zip archive": lambda: b"7z\xbc\xaf\x27\x1c\0\4".ljust(500, b"\1"),
    "RAR archive": lambda: b"Rar!\x1a\x07\x00".ljust(500, b"\1"),
    "EnCase image (E01)": lambda: b"EVF\x09\x0d\x0a\xff\x00\x01\x01\x00".ljust(500, b"\1"),
    "EnCase image (Ex01)": lambda: b"EVF2\x0d\x0a\x81\x00".ljust(500, b"\1"),
    "VMware disk (VMDK)": lambda: b"KDMV\x01\x00\x00\x00".ljust(500, b"\1"),
    "VirtualPC disk (VHD)": lambda: bytes(100_000) + b"conectix".ljust(512, b"\0"),
    "Hyper-V disk (VHDX)": lambda: b"vhdxfile".ljust(500, b"\0"),
    "VirtualBox disk (VDI)": lambda: (
        b"<<< Oracle VM VirtualBox Disk Image >>>\n".ljust(64, b"\0") + b"\x7f\x10\xda\xbe\1\0\1\0"
    ),
    "QEMU disk (QCOW)": lambda: b"QFI\xfb\0\0\0\3".ljust(500, b"\0"),
    "Apple disk image (DMG)": lambda: bytes(9000) + b"koly\0\0\0\4".ljust(512, b"\0"),
    "ISO 9660 image": lambda: placed(b"CD001", 32769),
    "Btrfs volume": lambda: placed(b"_BHRfS_M", 65600),
    "ext volume": lambda: placed(b"\x53\xef\x01\x00", 1080),
    "NTFS volume": lambda: b"\xeb\x52\x90NTFS    ".ljust(1 << 16, b"\0"),
    "FAT volume": lambda: (b"\xeb\x3c\x90MSDOS5.0".ljust(54, b"\0") + b"FAT16   ").ljust(
        9999, b"\0"
    ),
    "disk image with partitions": partitioned,
    "disk image without partitions": lambda: placed(b"JFS1", 0x8000),
    "Outlook mailbox (PST)": lambda: b"!BDN".ljust(600, b"\0"),
    "thumbnail cache (thumbcache)": lambda: b"CMMM\x20\0\0\0".ljust(600, b"\0"),
    "Android backup": lambda: b"ANDROID BACKUP\n5\n1\nnone\n" + bytes(50),
    "AccessData image (AD1)": lambda: b"ADSEGMENTEDFILE\0".ljust(600, b"\0"),
}


@pytest.mark.parametrize("name", MADE)
def test_containers_are_named(name: str) -> None:
    data = MADE[name]()
    assert name in NAMES
    assert sniffed(data) == Container(name)
    assert recognised(io.BytesIO(data)).kind is FileKind.CONTAINER
    item = hash_item(data)
    assert item.media is None
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.CONTAINER
    assert item.container == item.unreadable.detail == name


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("zip archive", locked(zipped("a.bin"))),
        ("PDF document", b"%PDF-1.4\n" + bytes(999) + b"trailer <</Encrypt 5 0 R>>"),
        ("Android backup", b"ANDROID BACKUP\n5\n1\nAES-256\n" + bytes(50)),
        ("Office document", compound("EncryptionInfo", "EncryptedPackage")),
        (
            "7-Zip archive",
            b"7z\xbc\xaf\x27\x1c\0\4".ljust(500, b"\1") + b"\x24\x06\xf1\x07\x01\x0a",
        ),
        ("LUKS volume", b"LUKS\xba\xbe\0\2".ljust(999, b"\0")),
        ("BitLocker volume", b"\xeb\x58\x90-FVE-FS-".ljust(999, b"\0")),
    ],
)
def test_what_is_encrypted_is_called_so(name: str, data: bytes) -> None:
    assert sniffed(data) == Container(name, encrypted=True)
    item = hash_item(data)
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.ENCRYPTED
    assert item.container == f"encrypted {name}"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"From here to there, at 10:30.\nAnd back: no.\n" * 20,
        b"Date: today\nSome text that goes on.\n" * 20,
        bytes(1 << 17),
        b"\x7fELF".ljust(9000, b"\1"),
        b"x\x9c is no beginning of compressed bytes " * 9,
        b"x^2 + y^2 = z^2 " * 9,
        b"]\0\0\1\0" + b"some bytes" * 9,
        b"Date: x\nServer: y\nContent-Type: text/html\nContent-Length: 3\n\nabc",
        b"\0\1\0\0\0\x0f".ljust(9000, b"\2"),
        random.Random(8).randbytes(200_000),
    ],
)
def test_other_files_are_no_containers(data: bytes) -> None:
    assert sniffed(data) is None


def test_a_pdf_of_photos_is_no_whole_picture_and_its_first_one_still_matches() -> None:
    data = document("astronaut", "chelsea", "coffee")
    item = hash_item(data)
    assert item.container == "PDF document"
    assert item.unreadable is None
    assert item.media is not None
    assert (item.media.complete, item.media.reason) == (False, Reason.CONTAINER)
    assert item.media.flags == ("inside-pdf-document",)
    alone = hash_image(jpeg(photo("astronaut")))
    assert item.media.hash - alone.hash <= 10
    assert hash_image(data) == item.media


def test_a_container_without_a_picture_at_its_begin_says_so_to_the_library() -> None:
    with pytest.raises(UnreadableImageError) as raised:
        hash_image(zipped("a.bin"))
    assert (raised.value.reason, raised.value.detail) == (Reason.CONTAINER, "zip archive")


def test_names_flags_and_counts() -> None:
    for name in NAMES:
        assert named_first(name) == name
        assert named_first(f"encrypted {name}: why") == f"encrypted {name}"
        assert name_in(("oriented", flag_of(name))) == name
        assert name_in((flag_of(f"encrypted {name}"),)) == f"encrypted {name}"
    assert not named_first("")
    assert name_in(("oriented",)) == ""
    assert in_words({}) == ""
    assert in_words({"zip archive": 1}) == "1 container not opened: 1 zip archive"
    counts = {"EnCase image (E01)": 1, "zip archive": 9, "PDF document": 2, "mailbox (mbox)": 2}
    assert in_words(counts) == (
        "14 containers not opened: 9 zip archives, 2 PDF documents, 2 mailboxes (mbox), "
        "1 EnCase image (E01)"
    )


@pytest.mark.parametrize(
    ("data", "name", "form"),
    [
        (zipped("word/document.xml"), "Word document", "zip archive"),
        (zipped("a.txt"), "zip archive", "zip archive"),
        (gzip.compress(tarred()), "tar archive", "gzip-compressed file"),
        (tarred(), "tar archive", "tar archive"),
        (b"MZ" + bytes(70_000) + zipped("a.txt"), "zip archive", "zip archive"),
    ],
)
def test_a_kind_says_as_which_container_it_is_written(data: bytes, name: str, form: str) -> None:
    found = sniffed(data)
    assert found is not None
    assert (found.name, found.form) == (name, form)


@pytest.mark.parametrize(
    "headers",
    [
        "From: a\nSubject: b\nNewsgroups: c.d",
        "Status: RO\nImportance: high\nFrom: a\nX-Thing: 1\nTo: b\n c",
        "Content-Type: multipart/mixed; boundary=x",
        "MIME-Version: 1.0\nContent-Type: image/jpeg\nContent-Transfer-Encoding: base64",
    ],
)
def test_messages_with_few_or_unusual_headers(headers: str) -> None:
    for end in ("\n", "\r\n"):
        data = f"{headers}\n\nHello\n".replace("\n", end).encode()
        assert sniffed(data) == Container("mail message")


@pytest.mark.parametrize(
    "data",
    [
        b"MZ" + bytes(70_000),
        b"MZ knows 7z\xbc\xaf\x27\x1c and Rar!\x1a\x07\0 and Rar!\x1a\x07\1\0" + bytes(500),
        b"MZ" + zipped("a.txt")[:-4],
        bytes(148) + b"000000\0 " + bytes(400),
        b"a" * 1000,
    ],
)
def test_a_program_and_a_text_are_no_archives(data: bytes) -> None:
    assert sniffed(data) is None


def test_the_list_of_capital_letters_of_exfat_is_no_icon() -> None:
    data = b"".join(number.to_bytes(2, "little") for number in range(2918))
    item = hash_item(data)
    assert item.unreadable is not None
    assert item.unreadable.reason is Reason.NOT_A_PICTURE
