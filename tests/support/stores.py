"""A store that speaks S3 on this machine, which throttles, breaks off and refuses."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
_SLOW = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code>'
    b"<Message>Please reduce your request rate.</Message></Error>"
)
_DENIED = (
    b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>'
    b"<Message>Access Denied</Message></Error>"
)


class Moods:
    """What the store does besides what it is asked for.

    Attributes:
        slow: every so many requests for objects is answered 503 SlowDown; 0 for none.
        breaks: every so many answers ends in the middle.
        denied: objects whose names contain this are refused; empty for none.
        seen: what was done, and how often.
    """

    def __init__(self, app: Any) -> None:
        self._app = app
        self.slow = self.breaks = 0
        self.denied = ""
        self.seen: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        is_object = path.count("/") > 1
        if KEY not in environ.get("HTTP_AUTHORIZATION", "") or (
            self.denied and self.denied in path
        ):
            self.seen["denied"] += 1
            start("403 Forbidden", [("Content-Type", "application/xml")])
            return [_DENIED if method != "HEAD" else b""]
        if is_object and method in ("GET", "PUT"):
            self.seen[method] += 1
            count = self.seen[method]
            if self.slow and count % self.slow == 0:
                self.seen["slow"] += 1
                start("503 Slow Down", [("Content-Type", "application/xml")])
                return [_SLOW]
            if self.breaks and method == "GET" and count % self.breaks == 1:
                self.seen["broken"] += 1
                return self._half(environ, start)
        found: Iterable[bytes] = self._app(environ, start)
        return found

    def _half(self, environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        """An answer that ends before it says it does."""
        whole = b"".join(self._app(environ, start))
        yield whole[: len(whole) // 2]
        msg = "the connection breaks"
        raise ConnectionResetError(msg)


@contextmanager
def store() -> Iterator[tuple[str, Moods]]:
    """The address of such a store, and its moods."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Silent(WSGIRequestHandler):  # type: ignore[misc, unused-ignore]
        def log(self, *_: Any) -> None:
            pass

    moods = Moods(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, moods, threaded=True, request_handler=Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", moods
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
