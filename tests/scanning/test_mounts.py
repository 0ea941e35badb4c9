"""What the kernel says of mounted file systems."""

from pathlib import Path

import pytest

from hashmatch.scanning import mounts, privileges
from hashmatch.scanning.mounts import Mount

TABLE = rb"""21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
22 21 0:5 / /proc rw,nosuid - proc proc rw
30 21 8:17 / /mnt ro,noatime - ext4 /dev/sdb1 ro
31 30 0:40 / /mnt/image rw,nosuid shared:9 master:2 - fuse.ewfmount ewfmount rw,user_id=0
32 21 8:33 / /media/two\040words\134x rw,noatime - vfat /dev/sdc1 rw,uid=0
33 21 8:49 / /media/two rw - xfs /dev/sdd1 rw
34 21 8:50 / /media/two rw,noatime - btrfs /dev/sdd2 rw
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mountinfo"
    path.write_bytes(TABLE)
    return path


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("/home/case", ["/"]),
        ("/mnt", ["/mnt", "/mnt/image"]),
        ("/mnt/other", ["/mnt"]),
        ("/mnt/image/deep", ["/mnt/image"]),
        ("/mnt/images", ["/mnt"]),
        ("/media/two words\\x/DCIM", ["/media/two words\\x"]),
    ],
)
def test_where_a_place_lies_and_what_lies_below(
    table: Path, place: str, expected: list[str]
) -> None:
    found = mounts.below([place], table)
    assert found is not None
    assert sorted(mount.at for mount in found) == expected


def test_the_last_mount_hides_those_before_it(table: Path) -> None:
    found = mounts.below(["/media/two/x"], table)
    assert found is not None
    assert [mount.kind for mount in found] == ["btrfs"]
    everything = mounts.below(["/"], table)
    assert everything is not None
    assert len(everything) == 7


def test_nothing_is_known_without_the_table(tmp_path: Path) -> None:
    assert mounts.below(["/"], tmp_path / "none") is None
    (tmp_path / "odd").write_bytes(b"no table\n")
    assert mounts.below(["/"], tmp_path / "odd") is None


@pytest.mark.parametrize(
    ("kind", "decides"),
    [
        *(("ext4", True), ("vfat", True), ("ntfs3", True), ("fuseblk", False)),
        *(("fuse.ewf", False), ("nfs4", False), ("cifs", False), ("of tomorrow", False)),
    ],
)
def test_root_stays_root_where_a_program_or_server_may_let_root_alone_read(
    *, kind: str, decides: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mount = Mount("/mnt", kind, frozenset({"rw"}))
    assert mount.kernel_decides is decides
    users = tmp_path / "uid_map"
    users.write_text("         0          0 4294967295\n")
    monkeypatch.setattr(privileges, "_USERS", users)
    held = frozenset({*privileges._NUMBERS, "other"})
    why = privileges._why_it_stays(held, [mount])
    assert why == ("" if decides else f"{kind} may let root alone read the evidence")


@pytest.mark.parametrize(
    ("lacking", "users", "known", "why"),
    [
        (set(), "0 0 4294967295", True, ""),
        ({"CAP_KILL"}, "0 0 4294967295", True, "root lacks CAP_KILL"),
        ({"CAP_DAC_READ_SEARCH"}, "0 0 4294967295", True, ""),
        (
            {"CAP_DAC_READ_SEARCH", "CAP_DAC_OVERRIDE"},
            "0 0 4294967295",
            True,
            "root lacks CAP_DAC_READ_SEARCH",
        ),
        (set(), "0 1000 1", True, "root is an ordinary user outside this container"),
        (set(), "0 0 4294967295", False, "the kernel does not say what is mounted"),
    ],
)
def test_root_stays_root_where_it_could_not_be_ended_or_not_read(
    *,
    lacking: set[str],
    users: str,
    known: bool,
    why: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    (tmp_path / "uid_map").write_text(users)
    monkeypatch.setattr(privileges, "_USERS", tmp_path / "uid_map")
    held = frozenset(privileges._NUMBERS.keys() - lacking)
    assert privileges._why_it_stays(held, [] if known else None) == why


@pytest.mark.parametrize(
    ("options", "notes"),
    [({"rw", "relatime"}, True), ({"ro"}, False), ({"rw", "noatime"}, False), (set(), True)],
)
def test_reading_leaves_access_times_where_the_mount_says_so(
    *, options: set[str], notes: bool
) -> None:
    assert Mount("/mnt", "ext4", frozenset(options)).notes_reading is notes
