"""Signatures of the record, and heads that left it."""

import errno
import json
import os
import shutil
import stat
import subprocess
from pathlib import Path
from uuid import uuid4

import pytest

from hashmatch.errors import HeadLogError, OutputError, SigningError
from hashmatch.sightings import heads, keys, tokens
from hashmatch.sightings.database import Database
from hashmatch.sightings.encoding import canonical
from hashmatch.sightings.verdict import Verdict
from tests.support import unix
from tests.support.forgeries import Forger
from tests.support.sighting_values import CONFIGURATION, SOURCE, results, scanned

cryptography = pytest.importorskip("cryptography", reason="the extra signing is not installed")

HOW = "`hashmatch audit sign` signs all that is on record"


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "lab.key"
    keys.make(path)
    return path


@pytest.fixture
def public(key: Path) -> bytes:
    return keys.public(key.with_name("lab.key.pub"))


@pytest.fixture
def signed(tmp_path: Path, key: Path) -> Path:
    path = scanned(tmp_path / "db", 20)
    with Database.open(path) as database:
        database.sign(keys.private(key))
    return path


def verified(path: Path, *wanted: bytes) -> Verdict:
    with Database.open(path, read_only=True) as database:
        return database.verify(keys=wanted)


def what(verdict: Verdict) -> list[str]:
    return [problem.what for problem in verdict.problems]


def test_a_signed_record_passes(signed: Path, public: bytes) -> None:
    assert verified(signed, public).problems == ()
    verdict = verified(signed)
    assert verdict.problems == ()
    (remark,) = verdict.remarks
    assert remark.what.startswith(f"signed up to row 6 with the key {public.hex()[:16]}")


def test_the_signature_is_what_the_page_says(signed: Path, public: bytes) -> None:
    """Recomputed by another library's own words: `cryptography` alone."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    forger = Forger(signed)
    ((*row, details, previous),) = forger.all(
        "SELECT seq, at, actor, host, action, details, previous FROM audit WHERE seq = 6"
    )
    forger.close()
    told = json.loads(details)
    signature = bytes.fromhex(told.pop("signature"))
    message = b"hashmatch audit 1\n" + canonical([*row, told, previous]).encode()
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def test_rows_behind_the_signature_are_not_signed(signed: Path, public: bytes) -> None:
    with (
        Database.open(signed) as database,
        database.run(case="1", source=SOURCE, configuration=CONFIGURATION, rescan=True) as run,
    ):
        run.record(results(3))
        run.finish()
    assert verified(signed).problems == ()
    assert what(verified(signed, public)) == [f"audit rows 7 to 9 are not signed; {HOW}"]


def test_a_chain_written_anew_as_a_whole_has_no_signature(
    signed: Path, tmp_path: Path, public: bytes
) -> None:
    """The one who writes everything anew signs with a key of their own."""
    own = tmp_path / "own.key"
    keys.make(own)
    anew = scanned(tmp_path / "anew", 3)
    with Database.open(anew) as database:
        database.sign(keys.private(own))
    assert verified(anew).problems == ()
    assert what(verified(anew, public)) == [
        f"nothing is signed with the key that was asked for; {HOW}"
    ]


@pytest.mark.parametrize("seq", [2, 3, 5])
def test_a_chain_sealed_anew_below_the_signature_is_found(
    signed: Path, public: bytes, seq: int
) -> None:
    forger = Forger(signed)
    forger("UPDATE audit SET actor = 'x (uid 7)' WHERE seq >= ?", seq)
    forger.seal_from(seq)
    assert "its signature is wrong" in what(verified(forger.close(), public))


@pytest.mark.parametrize("column", ["at", "actor", "host", "details"])
def test_the_row_of_the_signature_is_signed_too(signed: Path, public: bytes, column: str) -> None:
    forger = Forger(signed)
    ((value,),) = forger.all(f"SELECT {column} FROM audit WHERE seq = 6")  # noqa: S608 (our names)
    altered = {
        "at": "2099-01-01T00:00:00.000+00:00",
        "details": value.replace('"algorithm":"ed25519"', '"algorithm":"ed448"'),
    }.get(column, "x")
    forger(f"UPDATE audit SET {column} = ? WHERE seq = 6", altered)  # noqa: S608 (our names)
    forger.seal_from(6)
    assert "its signature is wrong" in what(verified(forger.close(), public))


def test_a_signature_that_is_no_hex_is_answered(signed: Path, public: bytes) -> None:
    forger = Forger(signed)
    forger.append("signature", {"algorithm": 1, "key": "x", "signature": []})
    assert not verified(forger.close(), public).passed


def test_a_cut_back_to_a_signature_is_found_by_a_later_head(
    signed: Path, tmp_path: Path, public: bytes
) -> None:
    """A signature alone proves that this was the record once, not that it is all of it."""
    log = tmp_path / "heads.jsonl"
    with Database.open(signed) as database:
        database.note("export", {})
        heads.append(log, database.head("1"))
    forger = Forger(signed)
    forger("DELETE FROM audit WHERE seq > 6")
    path = forger.close()
    assert verified(path, public).problems == ()
    with Database.open(path, read_only=True) as database:
        (problem,) = database.verify(head_log=log, keys=[public]).problems
    assert (problem.table, problem.row) == ("audit", 7)
    assert "is not part of the chain" in problem.what


# Keys


def test_keys_are_private_and_never_replaced(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(SigningError, match="already"):
        keys.make(key)


def test_a_passphrase_is_needed_and_must_be_right(tmp_path: Path) -> None:
    path = tmp_path / "k"
    public = keys.make(path, "correct horse")
    assert keys.is_encrypted(path)
    assert keys.private(path, "correct horse").public == public
    with pytest.raises(SigningError, match="needs its passphrase"):
        keys.private(path)
    with pytest.raises(SigningError, match="passphrase is wrong"):
        keys.private(path, "battery staple")
    assert b"correct" not in path.read_bytes()


def test_other_files_are_no_keys(tmp_path: Path, key: Path) -> None:
    (tmp_path / "text").write_text("no key")
    for call in (keys.private, keys.public):
        with pytest.raises(SigningError, match="holds no"):
            call(tmp_path / "text")
        with pytest.raises(SigningError, match="cannot be read"):
            call(tmp_path / "nowhere")
    with pytest.raises(SigningError, match="holds no public key"):
        keys.public(key)


def test_an_openssl_key_is_one(tmp_path: Path) -> None:
    """A key that another program made, and a public key that it derived."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl")
    path, derived = tmp_path / "k.pem", tmp_path / "k.pub"
    subprocess.run(  # noqa: S603 (our own arguments)
        [openssl, "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True
    )
    subprocess.run(  # noqa: S603 (our own arguments)
        [openssl, "pkey", "-in", str(path), "-pubout", "-out", str(derived)], check=True
    )
    assert keys.private(path).public == keys.public(derived)


MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key in a token in software."""
    pkcs11 = pytest.importorskip("pkcs11", reason="the extra token is not installed")
    tool = shutil.which("softhsm2-util")
    if tool is None or not MODULE.exists():
        pytest.skip("there is no SoftHSM")
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    label = f"lab-{uuid4().hex[:8]}"
    made = ["--init-token", "--free", "--label", label, "--pin", "1234", "--so-pin", "5678"]
    subprocess.run([tool, *made], check=True, capture_output=True)  # noqa: S603 (our own arguments)
    library = pkcs11.lib(str(MODULE))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin="1234") as session:
        curve = bytes.fromhex("06032b6570")  # the DER of the object identifier of Ed25519
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC_EDWARDS, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
        )
        parameters.generate_keypair(
            mechanism=pkcs11.Mechanism.EC_EDWARDS_KEY_PAIR_GEN, store=True, label="records"
        )
    return f"pkcs11:token={label};object=records?module-path={MODULE}"


def test_a_token_signs(uri: str, tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 5)
    signer = tokens.signer(uri, "1234")
    with Database.open(path) as database:
        database.sign(signer)
    assert verified(path, signer.public).problems == ()


def test_a_token_that_cannot_be_used_says_why(uri: str) -> None:
    with pytest.raises(SigningError, match="PinIncorrect"):
        tokens.signer(uri, "9999")
    with pytest.raises(SigningError, match="No key matching"):
        tokens.signer(uri.replace("records", "others"), "1234")
    with pytest.raises(SigningError, match="cannot be used"):
        tokens.signer(uri.replace("libsofthsm2.so", "none.so"), "1234")


def test_a_uri_names_token_key_and_module() -> None:
    with pytest.raises(SigningError, match="lacks module-path, object"):
        tokens.parsed("pkcs11:token=lab")


# Heads


def test_heads_are_kept_elsewhere(tmp_path: Path) -> None:
    path, log = scanned(tmp_path / "db", 20), tmp_path / "heads.jsonl"
    other = scanned(tmp_path / "other", 3)
    for each in (path, other):
        with Database.open(each, read_only=True) as database:
            heads.append(log, database.head("1"))
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    found, torn = heads.read(log)
    assert torn == []
    assert [(each.database, each.rows, each.case) for each in found] == [
        (str(path), 5, "1"),
        (str(other), 4, "1"),
    ]
    for each in (path, other):
        with Database.open(each, read_only=True) as database:
            assert database.verify(head_log=log).problems == ()


def test_a_database_that_was_replaced_is_found_by_its_heads(tmp_path: Path) -> None:
    path, log = scanned(tmp_path / "db", 20), tmp_path / "heads.jsonl"
    with Database.open(path, read_only=True) as database:
        heads.append(log, database.head())
    path.unlink()
    scanned(path, 3)
    with Database.open(path, read_only=True) as database:
        assert what(database.verify(head_log=log)) == [
            "the head log has no head of this database",
            "the head log has heads of another chain that was in this file",
        ]


def test_a_line_that_was_torn_is_a_remark(tmp_path: Path) -> None:
    path, log = scanned(tmp_path / "db", 5), tmp_path / "heads.jsonl"
    log.write_bytes(b'{"time": "2026-\n[]\n{"rows": 1e999}\n' + b"[" * 100_000)
    with Database.open(path, read_only=True) as database:
        heads.append(log, database.head())
        verdict = database.verify(head_log=log)
    assert verdict.problems == ()
    assert [each.what for each in verdict.remarks] == [
        f"line {number} of the head log is torn" for number in (1, 2, 3, 4)
    ]


def test_a_head_log_that_cannot_be_used(tmp_path: Path) -> None:
    path = scanned(tmp_path / "db", 5)
    with Database.open(path, read_only=True) as database:
        with pytest.raises(HeadLogError, match="cannot be read"):
            database.verify(head_log=tmp_path / "nowhere")
        with pytest.raises(OutputError, match="cannot be written"):
            heads.append(tmp_path / "no" / "folder", database.head())
    with pytest.raises(OutputError, match="cannot be written"):
        heads.check_writable(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_no_head_is_added_to_another_file(tmp_path: Path) -> None:
    path, other = scanned(tmp_path / "db", 1), tmp_path / "known.csv"
    other.write_bytes(b"id,pdq\n")
    before = path.read_bytes(), other.read_bytes()
    with Database.open(path) as database:
        head = database.head()
    for file in (path, other):
        with pytest.raises(OutputError, match="no head log"):
            heads.append(file, head)
        with pytest.raises(OutputError, match="no head log"):
            heads.check_writable(file)
    assert (path.read_bytes(), other.read_bytes()) == before


def test_a_pipe_as_key_or_head_log_makes_nobody_wait(tmp_path: Path) -> None:
    unix.os.mkfifo(tmp_path / "pipe")
    for ask in (keys.public, keys.private, keys.is_encrypted):
        with pytest.raises(SigningError, match="pipe"):
            ask(tmp_path / "pipe")
    for ask_log in (heads.check_writable, heads.read):
        with pytest.raises((HeadLogError, OutputError), match="pipe"):
            ask_log(tmp_path / "pipe")


def test_a_key_that_could_not_be_written_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match=r"lab\.key"):
        keys.make(tmp_path / "lab.key")
    assert not list(tmp_path.iterdir())
