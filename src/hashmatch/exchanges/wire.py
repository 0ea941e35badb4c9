"""The one door to the network: what is sent, how often it is tried, and what may be told of it."""

import json
import logging
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib import import_module, metadata
from traceback import walk_tb
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

from hashmatch.errors import ExchangeError, InternalError
from hashmatch.faults import fault_of, is_ours, module_of

ATTEMPTS = 6
LONGEST_WAIT = 600.0
"""Seconds; a server that asks for more is left alone, and the user told when to come back."""

EXPIRED = (400, 404, 410)
"""What servers answer to the address of a next page that is no longer valid."""

_TIMEOUT = (15, 120)
_OK, _MOVED, _REFUSED = 200, 300, 400
_BUSY = (429, 500, 502, 503, 504)
_NAP = 0.2
_HEAD = 4096
_LOCAL = ("localhost", "127.0.0.1", "::1")
_WORDS = {
    401: "the credentials are not accepted (HTTP 401)",
    403: "this account may not read it from here (HTTP 403): check the credentials, and whether "
    "the exchange knows this network address",
    404: "it has no such collection (HTTP 404): check the address",
    429: "it asks for fewer requests (HTTP 429): come back later",
}
T = TypeVar("T")
_PACKAGE = "threatexchange.exchanges.clients"

_silent: ContextVar[bool] = ContextVar("hashmatch_silent", default=False)


def _allowed(record: logging.LogRecord) -> bool:  # noqa: ARG001 (logging calls it so)
    return not _silent.get()


# The clients log answers, which hold hashes, and urllib3 logs addresses, which hold tokens.
for _logger in ("", "urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests"):
    logging.getLogger(_logger).addFilter(_allowed)


class StoppedError(Exception):
    """The user asked to stop while a server had us wait."""


def client(name: str) -> Any:  # noqa: ANN401 (an untyped module)
    """A module of clients of the `threatexchange` package, which is an extra.

    Raises:
        ExchangeError: it is not installed.
    """
    try:
        return import_module(f"{_PACKAGE}.{name}")
    except ModuleNotFoundError as error:
        missing = str(error.name)
    msg = f"{missing} is not installed: pip install 'hashmatch[exchanges]'"
    raise ExchangeError(msg)


def checked_url(url: str) -> str:
    """The address of an exchange, without a slash at its end.

    Raises:
        ExchangeError: it is none, holds a user, password or query, or would send credentials
            unencrypted to another machine.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        msg = "the address of an exchange starts with https:// and a host"
        raise ExchangeError(msg)
    if "@" in parts.netloc or parts.query or parts.fragment:
        msg = "the address of an exchange holds no user, password, query or fragment"
        raise ExchangeError(msg)
    if parts.scheme == "http" and parts.hostname not in _LOCAL:
        msg = f"http:// would send the credentials to {parts.hostname} unencrypted: use https://"
        raise ExchangeError(msg)
    return url.rstrip("/")


class Wire:
    """Requests to one server.

    Attributes:
        server_time: what the server's clock last said, in seconds since 1970; ours until then.
    """

    def __init__(
        self,
        title: str,
        url: str,
        *,
        stop: Callable[[], bool] = lambda: False,
        backoff: float = 0.5,
    ) -> None:
        """Talk to one server and to no other.

        Args:
            title: what people call it, for messages.
            url: where it is; checked by `checked_url`.
            stop: asked while waiting.
            backoff: seconds before the second attempt, doubled before each one after it.
        """
        self._title = title
        self._home = _server(url)
        self._stop = stop
        self._backoff = backoff
        self._adapter: Any = None
        self._answered = False
        self.server_time = time.time()

    def call(self, function: Callable[..., Any], *args: object, **options: object) -> Any:  # noqa: ANN401
        """What a function of a client returns. It logs nothing, and its own errors stay inside.

        Raises:
            ExchangeError: the server cannot be reached, refuses, or cannot be understood.
            InternalError: a fault of hashmatch, or of how it uses the client.
        """
        token = _silent.set(True)
        self._answered = False
        fault = None
        try:
            return function(*args, **options)
        except (ExchangeError, InternalError, StoppedError):
            raise
        except Exception as error:  # noqa: BLE001 (parsers of any kind; the text may hold secrets)
            problem = type(error).__name__
            if not self._answered or not _is_of_client(error):
                fault = fault_of(error)
        finally:
            _silent.reset(token)
        # Raised out here, so that the exception has no context that holds an address.
        if fault is not None:
            raise InternalError(fault)
        msg = f"{self._title} gave an answer that cannot be understood ({problem})"
        raise ExchangeError(msg)

    def guard(self, session: Any) -> "Guarded":  # noqa: ANN401 (requests has no types)
        """A session that a client made, with its headers and its user, under our rules."""
        from requests.adapters import HTTPAdapter

        self._adapter = self._adapter or HTTPAdapter(max_retries=0)
        session.adapters.clear()
        session.mount("https://", self._adapter)
        session.mount("http://", self._adapter)
        session.headers["User-Agent"] = f"hashmatch/{metadata.version('hashmatch')}"
        # With none of its own, requests would send what ~/.netrc says instead of the token.
        session.auth = session.auth or _as_it_is
        return Guarded(session, self)

    @contextmanager
    def guarding(self, session: Any) -> "Iterator[Guarded]":  # noqa: ANN401
        """As `guard`, for clients that make sessions in a `with` block."""
        with session as opened:
            yield self.guard(opened)

    def send(self, request: Callable[..., Any], url: str, options: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """The answer to a request, tried again while there is hope."""
        from requests import RequestException

        if _server(url) != self._home:
            msg = f"{self._title} leads to another server ({_server(url)[1]}): not followed"
            raise ExchangeError(msg)
        for attempt in range(1, ATTEMPTS + 1):
            status, wait = None, self._backoff * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311
            try:
                answer = request(url, timeout=_TIMEOUT, allow_redirects=False, **options)
                status = int(answer.status_code)
            except RequestException as error:
                problem, hopeless = _why(error)
            if status is not None:
                self.server_time = _seconds(answer.headers.get("Date")) or time.time()
                if _OK <= status < _MOVED and not _is_page(answer.content):
                    self._answered = True
                    return answer
                problem, hopeless = _said(answer), status not in _BUSY
                asked = self._asked(answer.headers.get("Retry-After"))
                wait, hopeless = max(wait, asked), hopeless or asked > LONGEST_WAIT
                if asked > LONGEST_WAIT:
                    problem += f"; it asks to come back in {asked / 60:.0f} minutes"
            if hopeless or attempt == ATTEMPTS:
                break
            self._wait(wait)
        # Out here, so that the exception has no context that holds an address.
        tried = f", tried {attempt} times" if attempt > 1 else ""
        msg = f"{self._title}: {problem}{tried}"
        raise ExchangeError(msg, status=status)

    def _asked(self, header: str | None) -> float:
        """How many seconds the server wants us to wait."""
        if header and header.strip().isdecimal():
            return float(header)
        return max(0.0, (_seconds(header) or 0.0) - self.server_time)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._stop():
                raise StoppedError
            time.sleep(min(left, _NAP))


class Guarded:
    """What clients use in place of a session of requests."""

    def __init__(self, session: Any, wire: Wire) -> None:  # noqa: ANN401
        self._session, self._wire = session, wire

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """The answer to a GET."""
        return self._wire.send(self._session.get, url, {"params": params})

    def post(self, url: str, data: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """The answer to a POST of a form."""
        return self._wire.send(self._session.post, url, {"data": data})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        """The connection stays open for the next page."""


def answers(get: Callable[[str], tuple[T, str]], page: str) -> Iterator[tuple[T, str]]:
    """Answer after answer with the address of the next page, which is empty after the last one.

    Args:
        get: the answer at an address, and the next address; empty addresses start and end a range.
        page: where to go on. If a page is no longer valid, the range is read again from its
            start, once.

    Raises:
        ExchangeError: as `get`; or the pages go round in a circle.
    """
    again = True
    while True:
        try:
            answer, following = get(page)
        except ExchangeError as error:
            if not (page and again and error.status in EXPIRED):
                raise
            page, again = "", False
            continue
        if following and following == page:
            msg = "the server names a page as the one that follows itself"
            raise ExchangeError(msg)
        yield answer, following
        if not following:
            return
        page = following


def _server(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _is_of_client(error: Exception) -> bool:
    """Whether a client's parser failed on an answer: it raised this itself, and parsers may.

    What hashmatch raised itself, and a module or name that is missing, no server can cause.
    """
    if isinstance(error, ImportError | NameError | MemoryError):
        return False
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    # Frames of the standard library count as those of their caller.
    own = [
        each for each in frames if module_of(each).partition(".")[0] not in sys.stdlib_module_names
    ]
    return bool(own) and not is_ours(own[-1])


def _as_it_is(request: Any) -> Any:  # noqa: ANN401
    return request


def _is_page(content: bytes) -> bool:
    """Whether an answer has a document type, as pages for people do and no exchange's answer.

    A document type could also define entities, which no parser here shall expand.
    """
    return b"<!doctype" in content[:_HEAD].lower()


def _why(error: Exception) -> tuple[str, bool]:
    """What went wrong on the way, in our words, and whether trying again is in vain.

    The exception's own words hold the address, and with it what came after the question mark.
    """
    from requests import exceptions

    if isinstance(error, exceptions.SSLError):
        return "the server's certificate cannot be verified, or TLS failed", True
    if isinstance(error, exceptions.ProxyError):
        return "the proxy cannot be reached, or refuses", False
    if isinstance(error, exceptions.Timeout):
        return "no answer in time", False
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the connection broke in the middle of an answer", False
    if isinstance(error, exceptions.ConnectionError):
        return "no connection, or it broke", False
    return f"the request cannot be sent ({type(error).__name__})", True


def _said(answer: Any) -> str:  # noqa: ANN401
    """What an answer other than success means; of its text only codes, which cannot hold tokens."""
    status = int(answer.status_code)
    if status < _MOVED:
        return "a page for people came back: check the address, and whether a proxy is in between"
    if _MOVED <= status < _REFUSED:
        return f"the server leads elsewhere (HTTP {status}): not followed; check the address"
    words = _WORDS.get(status, f"the server answers HTTP {status}")
    try:
        error = json.loads(answer.content)["error"]
        code, kind = int(error["code"]), str(error["type"])
    except (ValueError, KeyError, TypeError):
        return words
    return f"{words} (code {code}{f', {kind}' if kind.isidentifier() else ''})"


def _seconds(date: str | None) -> float | None:
    """A date of HTTP in seconds since 1970."""
    try:
        parsed = parsedate_to_datetime(date or "")
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
