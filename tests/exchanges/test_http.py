import io
import logging
import socket
import sys
import traceback
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from hashmatch.errors import ExchangeError, InternalError
from hashmatch.exchanges import http
from hashmatch.exchanges.fetching import fetch_into, open_exchange
from tests.support.exchange_records import contents, fetch, fill
from tests.support.exchange_server import PATHS, SECRETS, Fault, Handler, Server, cut, refuse, well


def all_of(error: BaseException) -> str:
    """Everything that a report of an exception can show, variables left out."""
    shown = [*traceback.format_exception(error), repr(error), str(vars(error))]
    while other := error.__cause__ or error.__context__:
        shown.append(repr(other))
        error = other
    return "\n".join(shown)


FAULTS: dict[str, list[Fault]] = {
    "none": [],
    "401": [refuse(401)] * 9,
    "403": [well, refuse(403)],
    "cut": [cut] * 9,
    "500": [refuse(500)] * 9,
    "302": [refuse(302, Location="http://x/")],
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged by anybody, at the lowest level."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.addFilter(lambda record: record.name != "filelock")  # it tells of the index's lock
    loggers = [logging.getLogger(name) for name in ("", "urllib3", "urllib3.connectionpool")]
    levels = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)  # not by monkeypatch: loggers remember whether they are on
    logging.root.addHandler(handler)
    yield log
    logging.root.removeHandler(handler)
    for each, level in zip(loggers, levels, strict=True):
        each.setLevel(level)


@pytest.mark.parametrize("exchange", PATHS)
@pytest.mark.parametrize("fault", FAULTS)
def test_no_secret_is_told_or_kept(  # noqa: PLR0917 (fixtures)
    server: Server,
    tmp_path: Path,
    log: io.StringIO,
    capfd: pytest.CaptureFixture[str],
    exchange: str,
    fault: str,
) -> None:
    logging.getLogger(__name__).debug("before")
    server.size = 2
    fill(server, exchange)
    server.faults = list(FAULTS[fault])
    told = ""
    try:
        fetch(tmp_path / "known", exchange)
    except ExchangeError as error:
        told = all_of(error)
    assert bool(told) == (fault != "none")
    server.faults = []
    fetch(tmp_path / "known", exchange)
    logging.getLogger("urllib3").debug("after")
    assert log.getvalue() == "before\nafter\n"
    captured = capfd.readouterr()
    kept = b"".join(each.read_bytes() for each in (tmp_path / "known").iterdir())
    for secret in SECRETS:
        assert secret not in told + captured.out + captured.err
        assert secret.encode() not in kept
        assert secret.replace("|", "%7C").encode() not in kept


@pytest.mark.parametrize("exchange", PATHS)
def test_a_wrong_account_is_said_plainly(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: str
) -> None:
    for name in ("PASSWORD", "FUNCTION_KEY", "TOKEN"):
        monkeypatch.setenv(f"HASHMATCH_{exchange.upper()}_{name}", "wrong-one")
    with pytest.raises(ExchangeError, match="the credentials are not accepted") as raised:
        fetch(tmp_path, exchange)
    assert len(server.asked) == 1
    assert raised.value.status == 401
    assert "wrong-one" not in all_of(raised.value)
    if exchange == "threatexchange":
        assert str(raised.value).endswith("(code 190, OAuthException)")


def test_attempts_end(server: Server, tmp_path: Path) -> None:
    server.faults = [refuse(503)] * http.ATTEMPTS
    with pytest.raises(ExchangeError, match=f"HTTP 503, tried {http.ATTEMPTS} times"):
        fetch(tmp_path, "ncmec")
    assert len(server.asked) == http.ATTEMPTS


@pytest.mark.parametrize(
    "wanted",
    [lambda _: "7200", lambda server: formatdate(server.clock() + 7205, usegmt=True)],
)
def test_a_server_that_wants_to_be_left_alone_is(
    server: Server, tmp_path: Path, wanted: object
) -> None:
    assert callable(wanted)
    server.faults = [refuse(429, Retry_After=wanted(server))]
    with pytest.raises(ExchangeError, match="asks to come back in 120 minutes"):
        fetch(tmp_path, "ncmec")
    assert len(server.asked) == 1


def test_waiting_can_be_stopped(server: Server, tmp_path: Path) -> None:
    fill(server, "ncmec")
    server.faults = [well, well, refuse(429, Retry_After="500")]
    done = fetch(tmp_path, "ncmec", stop=lambda: len(server.asked) == 3)
    assert (done.interrupted, done.pages) == (True, 1)
    assert len(contents(tmp_path, "ncmec")) == 3


def test_a_server_that_is_not_there(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    monkeypatch.setenv("HASHMATCH_NCMEC_URL", f"http://127.0.0.1:{port}/npo")
    with pytest.raises(ExchangeError, match="no connection, or it broke, tried"):
        fetch(tmp_path, "ncmec")


def test_a_server_without_a_valid_certificate(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HASHMATCH_NCMEC_URL", server.url("ncmec").replace("http:", "https:"))
    with pytest.raises(ExchangeError, match=r"certificate cannot be verified, or TLS failed$"):
        fetch(tmp_path, "ncmec")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://host/", "starts with https"),
        ("host/path", "starts with https"),
        ("https://", "starts with https"),
        ("https://host:port/", "starts with https"),
        ("https://user:pass@host/", "holds no user"),
        ("https://host/?token=x", "holds no user"),
        ("https://host/#x", "holds no user"),
        ("http://host/", "unencrypted"),
    ],
)
def test_addresses_that_would_tell_secrets_are_refused(server: Server, url: str, why: str) -> None:
    with pytest.raises(ExchangeError, match=why):
        open_exchange("stopncii", url=url)


def test_no_other_server_is_ever_asked(server: Server) -> None:
    session = http.SafeSession("Here", server.home, lambda request: request)
    for url in ("http://localhost:1/", server.home.replace("http:", "https:"), "http://127.0.0.1/"):
        with pytest.raises(ExchangeError, match="Here redirects to another server"):
            session.get_json(url)


def test_netrc_does_not_replace_the_token(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login other password other\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    fill(server, "tat")
    assert fetch(tmp_path / "known", "tat").whole


def test_a_missing_extra_names_the_pip_line(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "requests", None)
    with pytest.raises(ExchangeError, match=r"pip install '\.\[exchanges\]'"):
        open_exchange("ncmec")


@pytest.mark.parametrize("exchange", PATHS)
@pytest.mark.parametrize("place", ["SafeSession._attempt", "_server", "_is_page"])
def test_a_fault_of_hashmatch_is_none_of_the_server(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: str, place: str
) -> None:
    def broken(*_: object, **__: object) -> object:
        raise KeyError(SECRETS[0])

    fill(server, exchange)
    exchange_opened = open_exchange(exchange)
    monkeypatch.setattr(f"hashmatch.exchanges.http.{place}", broken)
    with pytest.raises(InternalError) as caught:
        fetch_into(tmp_path / "known", exchange, exchange=exchange_opened)
    assert caught.value.fault.startswith("KeyError in ")
    assert caught.value.__context__ is None


def test_requests_used_wrongly_is_a_fault_of_hashmatch(server: Server) -> None:
    session = http.SafeSession("Here", server.home, lambda _request: None)
    with pytest.raises(InternalError, match="AttributeError") as caught:
        session.get_json(server.home)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\xfa", b"[" * 100_000, b"<a/>"])
def test_answers_that_cannot_be_understood(server: Server, content: bytes) -> None:
    def answer(handler: Handler) -> bool:
        handler.give(200, content)
        return True

    session = http.SafeSession("Here", server.home, lambda request: request)
    server.faults = [answer]
    with pytest.raises(ExchangeError, match="Here gave an answer that cannot be") as caught:
        session.get_json(server.home + "/a")
    assert caught.value.__context__ is None
