"""The one door to the network: what is sent, how often it is tried, and what may be told of it."""

import json
import logging
import random
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from email.utils import parsedate_to_datetime
from importlib import metadata
from typing import Any, TypeVar
from urllib.parse import urlsplit

from hashmatch.errors import ExchangeError, InternalError
from hashmatch.faults import fault_of
from hashmatch.wording import to_install

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

Authorize = Callable[[Any], Any]
"""Puts credentials into a prepared request of requests, and returns it."""

_silent: ContextVar[bool] = ContextVar("hashmatch_silent", default=False)


def _allowed(record: logging.LogRecord) -> bool:  # noqa: ARG001 (logging calls it so)
    return not _silent.get()


# urllib3 logs addresses, which hold tokens.
for _logger in ("", "urllib3", "urllib3.connectionpool", "urllib3.util.retry", "requests"):
    logging.getLogger(_logger).addFilter(_allowed)


class StoppedError(Exception):
    """The user asked to stop while a server had us wait."""


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


def basic(user: str, password: str) -> Authorize:
    """The account of HTTP's basic authentication (RFC 7617), in UTF-8."""
    account = b64encode(f"{user}:{password}".encode()).decode()

    def authorize(request: Any) -> Any:  # noqa: ANN401 (requests has no types)
        request.headers["Authorization"] = f"Basic {account}"
        return request

    return authorize


class SafeSession:
    """Requests to one server and to no other, repeated while there is hope, told without secrets.

    Attributes:
        server_time: what the server's clock last said, in seconds since 1970; ours until then.
    """

    def __init__(
        self,
        title: str,
        url: str,
        authorize: Authorize,
        *,
        stop: Callable[[], bool] = lambda: False,
        backoff: float = 0.5,
    ) -> None:
        """Open a session; nothing is sent yet.

        Args:
            title: what people call the server, for messages.
            url: where it is; checked by `checked_url`.
            authorize: puts the credentials into each request, in headers or in its address.
            stop: asked while waiting.
            backoff: seconds before the second attempt, doubled before each one after it.

        Raises:
            ExchangeError: the extra is not installed.
        """
        try:
            import requests
        except ModuleNotFoundError as error:
            missing = error.name
        else:
            missing = None
        if missing is not None:
            msg = f"{missing} is not installed: {to_install('exchanges')}"
            raise ExchangeError(msg)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"hashmatch/{metadata.version('hashmatch')}"
        # Without one, requests would send what ~/.netrc holds for the server.
        self._session.auth = authorize
        self._title = title
        self._home = _server(url)
        self._stop = stop
        self._backoff = backoff
        self.server_time = time.time()

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> bytes:
        """The content that a GET gives.

        Raises:
            ExchangeError: the server cannot be reached, or refuses.
            InternalError: a fault of hashmatch, or of how it uses requests.
            StoppedError: the user asked to stop.
        """
        return self._send("GET", url, params=params)

    def get_json(self, url: str, params: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401
        """The JSON value that a GET gives.

        Raises:
            ExchangeError: as `get`; or what it gives is no JSON.
            InternalError: as `get`.
            StoppedError: as `get`.
        """
        return self._json(self.get(url, params))

    def post_form(self, url: str, data: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """The JSON value that a POST of a form gives.

        Raises:
            ExchangeError: as `get_json`.
            InternalError: as `get_json`.
            StoppedError: as `get_json`.
        """
        return self._json(self._send("POST", url, data=data))

    def _json(self, content: bytes) -> Any:  # noqa: ANN401 (any JSON value)
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            problem = type(error).__name__
        # Out here, so that the exception has no context that holds what was sent.
        msg = f"{self._title} gave an answer that cannot be understood ({problem})"
        raise ExchangeError(msg)

    def _send(self, method: str, url: str, **options: Any) -> bytes:  # noqa: ANN401
        try:
            with _silence():
                return self._attempts(method, url, options)
        except (ExchangeError, InternalError, StoppedError):
            raise
        except Exception as error:  # noqa: BLE001 (its text may hold secrets)
            fault = fault_of(error)
        raise InternalError(fault)

    def _attempts(self, method: str, url: str, options: Mapping[str, Any]) -> bytes:
        """The content of the first answer that is one."""
        if _server(url) != self._home:
            msg = f"{self._title} redirects to another server ({_server(url)[1]}): not followed"
            raise ExchangeError(msg)
        for attempt in range(1, ATTEMPTS + 1):
            content, problem, status, least = self._attempt(method, url, options)
            if content is not None:
                return content
            hopeless = least is None or least > LONGEST_WAIT
            if hopeless or attempt == ATTEMPTS:
                break
            wait = self._backoff * 2 ** (attempt - 1) * random.uniform(0.8, 1.2)  # noqa: S311
            self._wait(max(wait, least or 0.0))
        tried = f", tried {attempt} times" if attempt > 1 else ""
        msg = f"{self._title}: {problem}{tried}"
        raise ExchangeError(msg, status=status)

    def _attempt(
        self, method: str, url: str, options: Mapping[str, Any]
    ) -> tuple[bytes | None, str, int | None, float | None]:
        """One attempt.

        Returns:
            The content of an answer that is one; else what is wrong, the status if there is one,
            and the least seconds to wait before another attempt, None if that is in vain.
        """
        from requests import RequestException

        try:
            answer = self._session.request(
                method, url, timeout=_TIMEOUT, allow_redirects=False, **options
            )
        except RequestException as error:
            problem, in_vain = _why(error)
            return None, problem, None, None if in_vain else 0.0
        status = int(answer.status_code)
        self.server_time = _seconds(answer.headers.get("Date")) or time.time()
        if _OK <= status < _MOVED and not _is_page(answer.content):
            return answer.content, "", status, None
        problem = _said(answer)
        wait = self._asked(answer.headers.get("Retry-After"))
        if wait > LONGEST_WAIT:
            problem += f"; it asks to come back in {wait / 60:.0f} minutes"
        return None, problem, status, wait if status in _BUSY else None

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


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing is logged by this thread meanwhile."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def paginate(get: Callable[[str], tuple[T, str]], page: str) -> Iterator[tuple[T, str]]:
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
            msg = "the server names the same page again as the next one"
            raise ExchangeError(msg)
        yield answer, following
        if not following:
            return
        page = following


def _server(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port


def _is_page(content: bytes) -> bool:
    """Whether an answer has a document type, as pages for people do and no exchange's answer."""
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
