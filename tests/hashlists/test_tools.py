"""Lists as other tools write them; how each file came to be stands beside them."""

import gzip
import hashlib
from pathlib import Path

import pytest

from hashmatch.errors import ListFormatError
from hashmatch.hashlists.reading import HashList, read_list
from tests.support.list_files import listed, numbers, rows
from tests.support.text_list_seeds import MD5, MD5_B, PDQ, PDQ_B, SHA1, SHA256
from tests.support.tool_list_seeds import EIGHT, LISTS, SEEDS

FILES = {"./a b.jpg": b"0", './c,"d".jpg': b"1", "./e.jpg": b"2", "./sub/ünï.jpg": b"3"}


def digests(known: HashList, name: str) -> set[str]:
    return {
        value for entry in known.entries for kind, value in entry.digests.items() if kind == name
    }


def truth(name: str) -> dict[str, str]:
    return {path: hashlib.new(name, data).hexdigest() for path, data in FILES.items()}


@pytest.mark.parametrize(
    ("file", "form", "name"),
    [
        ("md5deep-z.txt", "md5deep", "md5"),
        ("md5deep-c.txt", "md5deep", "md5"),
        ("md5deep-cz.txt", "md5deep", "md5"),
        ("md5deep-t.txt", "md5deep", "md5"),
        ("md5deep-zt.txt", "md5deep", "md5"),
        ("md5deep-ct.txt", "md5deep", "md5"),
        ("md5deep-cz0.bin", "md5deep", "md5"),
        ("sha1deep-c.txt", "md5deep", "sha1"),
        ("sha256deep-z.txt", "md5deep", "sha256"),
        ("hashdeep.txt", "hashdeep", "md5"),
        ("hashdeep.txt", "hashdeep", "sha1"),
        ("hashdeep.txt", "hashdeep", "sha256"),
        ("md5sum.txt", "sums", "md5"),
        ("md5sum-z.bin", "sums", "md5"),
        ("sha1sum-b.txt", "sums", "sha1"),
        ("sha256sum-tag.txt", "sums", "sha256"),
    ],
)
def test_digests_and_names_of_real_output(file: str, form: str, name: str) -> None:
    known = read_list(LISTS / file)
    assert (known.format, len(known.entries), known.quarantined) == (form, 4, ())
    found = {
        str(entry.details["filename"]): value
        for entry in known.entries
        for kind, value in entry.digests.items()
        if kind == name
    }
    assert found == truth(name)
    if "z" in file.partition(".")[0][7:] and form == "md5deep":
        assert all(entry.details["size"] == 1 for entry in known.entries)


@pytest.mark.parametrize("tool", ["encase", "hashkeeper"])
def test_the_sleuth_kit_reads_the_same_in_sets_of_others(tool: str) -> None:
    (path,) = (path for path in LISTS.glob(f"{tool}.*"))
    known = read_list(path)
    index = read_list(LISTS / f"hfind-{tool}.idx")
    assert (known.format, index.format) == (tool, "sleuthkit-index")
    assert digests(known, "md5") == digests(index, "md5") == set(truth("md5").values())
    assert not any(entry.known_good for entry in known.entries)


def test_an_encase_set_says_its_name_and_category() -> None:
    known = read_list(LISTS / "encase.hash")
    assert known.name == "Lab set Д"
    assert {(entry.scheme, entry.category) for entry in known.entries} == {("EnCase", "Notable")}


def test_damaged_encase_sets() -> None:
    data = SEEDS["encase/set"]
    assert numbers(rows("encase", data[:-18])) == ([1, 2, 3], [4])
    assert numbers(rows("encase", data[:-1])) == ([1, 2, 3], [4])
    assert numbers(rows("encase", data[:-1] + b"\1")) == ([1, 2, 3], [4])
    assert numbers(rows("encase", data + data[-18:])) == ([1, 2, 3, 4, 5], [6])
    for size in (8, 0x47F):
        with pytest.raises(ListFormatError, match="does not start as a hash set of EnCase"):
            listed(data[:size])


def test_hash_databases_of_the_sleuth_kit(tmp_path: Path) -> None:
    first, second = listed(SEEDS["sleuthkit/names"]).entries
    assert (first.id, first.digests.md5, first.digests.sha1, first.digests.sha256) == (
        *("7", MD5, SHA1),
        SHA256,
    )
    assert first.details == {"filenames": ["a.jpg", "b.jpg"]}
    assert (second.id, second.digests.sha1, second.details) == (
        "9",
        None,
        {"comments": ["seen twice"]},
    )
    path = tmp_path / "x.kdb"
    path.write_bytes(gzip.decompress((LISTS / "sleuthkit.kdb.gz").read_bytes()))
    known = read_list(path)
    assert (known.format, digests(known, "md5")) == ("sleuthkit", set(truth("md5").values()))
    assert not any(entry.known_good for entry in known.entries)


def test_indexes_of_the_sleuth_kit() -> None:
    known = read_list(LISTS / "hfind-md5.idx")
    assert digests(known, "md5") == set(truth("md5").values())
    assert known.details == {"type": "md5sum", "indexed": "known"}
    head = "0" * 41 + "|md5sum\n" + "0" * 40 + "1|x\n"
    body = f"{MD5}|00\nx\n{SHA1}|16\n{MD5}\n"
    assert numbers(rows("sleuthkit-index", head + body)) == ([3, 5], [4, 6])


def test_a_hashkeeper_set_keeps_what_it_says() -> None:
    first = read_list(LISTS / "hashkeeper.hsh").entries[0]
    assert (first.id, first.details["file_name"]) == ("29294", "a b.jpg")
    head = '"file_id","hashset_id","file_name","hash"\n'
    found = rows(
        "hashkeeper", f'{head}1,5,"a","{MD5}"\n2,5,"b","{MD5[1:]}"\n3,5,"c",\n4,5,"d","{MD5_B}"\n'
    )
    assert numbers(found) == ([2, 5], [3, 4])


def test_what_pdq_photo_hasher_prints() -> None:
    known = read_list(LISTS / "pdq-photo-hasher.txt")
    assert (known.format, len(known.entries)) == ("pdq-photo-hasher", 3)
    assert [known_hash.quality for entry in known.entries for known_hash in entry.hashes] == [
        100,
        99,
        98,
    ]
    assert known.entries[0].details == {"filename": "../data/pic 0.jpg"}
    assert [row.number for row in known.quarantined] == [4]
    assert not any(list(entry.digests.items()) for entry in known.entries)


@pytest.mark.parametrize(
    ("line", "quality", "details"),
    [
        (f"{PDQ},88", 88, {}),
        (f"{PDQ.upper()},0,", 0, {}),
        (f"{PDQ},100,a, b.jpg", 100, {"filename": "a, b.jpg"}),
        (f"{'0' * 64},0,flat.png", 0, {"filename": "flat.png"}),
        (
            f"hash={PDQ},norm=1,delta=2,quality=3,filename=a",
            3,
            {"norm": "1", "delta": "2", "filename": "a"},
        ),
        (f"hash={PDQ},xform=rot90,filename=a=b,c", None, {"xform": "rot90", "filename": "a=b,c"}),
        (f"hash={PDQ},quality=9", 9, {}),
    ],
)
def test_rows_of_pdq_photo_hasher(line: str, quality: int | None, details: dict[str, str]) -> None:
    (entry,) = (row for row in rows("pdq-photo-hasher", f"{line}\n"))
    assert entry.hashes[0].quality == quality  # type: ignore[union-attr]
    assert entry.details == details  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "line",
    [
        f"{'0' * 64},-85242560,a.jpg",
        f"{'0' * 64},21877,a.jpg",
        f"{'0' * 64},57,a.jpg",
        f"{'0' * 64},-1",
        f"{PDQ},101,a.jpg",
        f"{PDQ},-1,a.jpg",
        f"{PDQ},x,a.jpg",
        f"{PDQ[1:]},88,a.jpg",
        PDQ,
        f"{PDQ} 88 a.jpg",
    ],
)
def test_what_is_no_hash_of_a_picture_is_quarantined(line: str) -> None:
    found = rows("pdq-photo-hasher", f"{PDQ},88,a\n{line}\n{PDQ_B},88,b\n")
    assert numbers(found) == ([1, 3], [2])


def test_turned_hashes_stay_in_the_details() -> None:
    first = listed(SEEDS["pdq-photo-hasher/across"]).entries[0]
    assert [str(known.hash) for known in first.hashes] == [f"pdq:{EIGHT[:64]}"]
    assert first.details["rot90"] == EIGHT[65:129]
    assert first.details["filename"] == "a, b.jpg"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f"pdq,quality\n{PDQ},88\n{PDQ_B},89\n", "csv"),
        (f"md5,filename\n{MD5},a.jpg\n{MD5_B},b.jpg\n", "csv"),
        (f"MD5\tName\n{MD5}\ta.jpg\n{MD5_B}\tb.jpg\n", "csv"),
        (f"pdq,quality,time\n{PDQ},88,1.0\n{PDQ_B},88,2.0\n", "csv"),
        ("MD5\n" + f"{MD5}\n{MD5_B}\n", "csv"),
        (f"{PDQ},88,1.0\n{PDQ_B},88,2.0\n", "vpdq"),
        (f"{PDQ},88,1.jpg\n{PDQ_B},88,2.jpg\n", "pdq-photo-hasher"),
        (f"{MD5},1.jpg\n{MD5_B},2.jpg\n", "md5deep"),
        (f"{MD5} a.jpg\n{MD5_B}\tb.jpg\n", "sums"),
        (f"// File Checksum Integrity Verifier version 2.05.\n{MD5} c:\\a.jpg\n", "sums"),
        (f"{MD5}\n{MD5_B}\n", "plain"),
        (f"{MD5} # one\n{MD5_B}\n", "plain"),
    ],
)
def test_a_header_decides_before_rows_do(text: str, form: str) -> None:
    known = listed(text)
    assert (known.format, known.quarantined) == (form, ())


def test_two_digests_between_commas_need_a_header() -> None:
    assert numbers(rows("md5deep", f"{MD5},a\n{MD5},{SHA1},b\n{MD5_B},c\n")) == ([1, 3], [2])
    with pytest.raises(ListFormatError, match="in no format of hash lists"):
        listed(f"{MD5},{SHA1},a.jpg\n{MD5_B},{SHA1},b.jpg\n")


def test_the_sleuth_kit_takes_any_white_space() -> None:
    text = f"{MD5}\ta b.jpg\n{MD5_B} \t *c.jpg\n{MD5}\nMD5 (d.jpg) = {MD5_B}\n"
    found = listed(text).entries
    assert [entry.details.get("filename") for entry in found] == ["a b.jpg", "c.jpg", None, "d.jpg"]
