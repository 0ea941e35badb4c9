"""A server on this machine that speaks the protocols of the exchanges as they were recorded.

The XML of NCMEC and the JSON of the others have the shape of the examples in the tests of
python-threatexchange; the values are made up. Records sit in a list; each exchange gives those
that changed in the range asked for, in its own order, a few to a page.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.sax.saxutils import escape, quoteattr

USER, PASSWORD = "lab-user", "s3cret-pass-0123"
SUBSCRIPTION, FUNCTION = "subscription-key-4567", "function-key-8901"
TOKEN = "1234567890|app-token-abcdefghijklmnop"  # noqa: S105 (made up)
BEARER = "bearer-token-never-shown"
GROUP = "4242"
SECRETS = (
    PASSWORD,
    SUBSCRIPTION,
    FUNCTION,
    TOKEN,
    TOKEN.partition("|")[2],
    BEARER,
    base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode(),
)

ENVIRONMENT = {
    "HASHMATCH_NCMEC_USER": USER,
    "HASHMATCH_NCMEC_PASSWORD": PASSWORD,
    "HASHMATCH_STOPNCII_SUBSCRIPTION_KEY": SUBSCRIPTION,
    "HASHMATCH_STOPNCII_FUNCTION_KEY": FUNCTION,
    "HASHMATCH_TAT_USER": USER,
    "HASHMATCH_TAT_PASSWORD": PASSWORD,
    "HASHMATCH_THREATEXCHANGE_TOKEN": TOKEN,
    "HASHMATCH_THREATEXCHANGE_GROUP": GROUP,
}
PATHS = {"ncmec": "/npo", "stopncii": "/stopncii", "tat": "/tcap", "threatexchange": "/graph/v26.0"}

Fault = Callable[["Handler"], bool]
"""Told before a request is answered; true if it answered itself."""


class Server(ThreadingHTTPServer):
    """What it holds, and what was asked of it.

    Attributes:
        records: per exchange, in the order in which they were added.
        size: records on a page.
        faults: one for each next request that is not well.
        asked: path and query of every request.
        clock: the time that it claims, in seconds since 1970; stands still, so that ranges of time
            do not depend on how fast a test is.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.records: dict[str, list[dict[str, Any]]] = {name: [] for name in PATHS}
        self.size = 3
        self.faults: list[Fault] = []
        self.asked: list[str] = []
        start = time.time()
        self.clock: Callable[[], float] = lambda: start
        self.expired: set[str] = set()

    @property
    def home(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def url(self, exchange: str) -> str:
        return self.home + PATHS[exchange]


@contextmanager
def serving() -> Iterator[Server]:
    """A server, for as long as the block runs."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # head and body in one packet, or each answer takes 40 ms
    server: Server

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.format = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer()

    def _answer(self) -> None:
        self.server.asked.append(self.path)
        if self.server.faults and self.server.faults.pop(0)(self):
            return
        parts = urlsplit(self.path)
        self.query = {name: value[0] for name, value in parse_qs(parts.query).items()}
        for name, prefix in PATHS.items():
            if parts.path.startswith(prefix + "/"):
                getattr(self, name)(parts.path.removeprefix(prefix))
                return
        self.give(404, b"")

    def give(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response_only(status)
        self.send_header("Date", formatdate(self.server.clock(), usegmt=True))
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def as_json(self, value: object, status: int = 200) -> None:
        self.give(status, json.dumps(value).encode(), Content_Type="application/json")

    def log_message(self, format: str, *args: object) -> None:
        pass

    def page(self, records: list[Any], start: int) -> tuple[list[Any], int]:
        """Records from a number on, and the number of the next page; 0 after the last."""
        end = start + self.server.size
        return records[start:end], end if end < len(records) else 0

    def ncmec(self, path: str) -> None:
        account = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") != f"Basic {account}":
            self.give(401, b"<error/>")
        elif path == "/v2/status":
            status = f'<status xmlns="{NAMESPACE}"><member id="1">Lab</member></status>'
            self.give(200, status.encode())
        elif path != "/v2/entries":
            self.give(404, b"")
        elif self.query.get("start") in self.server.expired:
            self.give(410, b"<error/>")
        else:
            known = [
                each
                for each in self.server.records["ncmec"]
                if self.query["from"] <= each["timestamp"] <= self.query["to"]
            ]
            shown, start = self.page(known, int(self.query.get("start", 0)))
            options = {"from": self.query["from"], "to": self.query["to"], "start": start}
            following = f"/v2/entries?{urlencode({**options, 'size': 1000, 'max': 9000})}"
            self.give(200, ncmec_page(shown, following if start else "").encode())

    def stopncii(self, path: str) -> None:
        keys = self.headers.get("x-functions-key"), self.headers.get("Ocp-Apim-Subscription-Key")
        if keys != (FUNCTION, SUBSCRIPTION) or path != "/FetchHashes":
            self.give(401, b"")
            return
        start = self.query.get("nextPageToken", "page-0").removeprefix("page-")
        if start in self.server.expired:
            self.give(400, b"")
            return
        since = int(self.query["startTimestamp"])
        known = [e for e in self.server.records["stopncii"] if e["lastModtimestamp"] >= since]
        shown, following = self.page(known, int(start))
        newest = max((each["lastModtimestamp"] for each in known), default=since)
        self.as_json(
            {
                "count": len(shown),
                "nextSetTimestamp": newest if not following else newest + 1000,
                "nextPageToken": f"page-{following}" if following else None,
                "hasMoreRecords": bool(following),
                "hashRecords": shown,
            }
        )

    def tat(self, path: str) -> None:
        if path == "/token-auth/tcap/":
            right = (self.format["username"], self.format["password"]) == ([USER], [PASSWORD])
            self.as_json({"token": BEARER, "user": {}} if right else {}, 200 if right else 401)
            return
        if (
            self.headers.get("Authorization") != f"Bearer {BEARER}"
            or path != "/api/hash-list/v2/all"
        ):
            self.as_json({"detail": "not signed in"}, 401)
            return
        known = sorted(
            self.server.records["tat"], key=lambda each: (each["updated_on"], each["id"])
        )
        updated, _, number = self.query.get("after", "").partition(",")
        after = (float(updated), int(number)) if updated else (0.0, 0)
        known = [each for each in known if (each["updated_on"], each["id"]) > after]
        shown, following = self.page(known, 0)
        last = f"{shown[-1]['updated_on']},{shown[-1]['id']}" if shown else ""
        answer = {"count": len(known), "previous": None, "checkpoint": last, "results": shown}
        self.as_json({**answer, "next": f"{self.server.home}/?limit=3" if following else None})

    def threatexchange(self, path: str) -> None:
        if self.query.get("access_token") != TOKEN:
            error = {"type": "OAuthException", "code": 190}
            error["message"] = f"Malformed access token {self.query.get('access_token')}"
            self.as_json({"error": error}, 401)
            return
        if path.rstrip("/") != f"/{GROUP}/threat_updates":
            self.as_json({"error": {"type": "GraphMethodException", "code": 100}}, 400)
            return
        start = self.query.get("after", "0")
        if start in self.server.expired:
            self.as_json({"error": {"type": "OAuthException", "code": 100}}, 400)
            return
        since = int(self.query["start_time"])
        known = [e for e in self.server.records["threatexchange"] if e["last_updated"] >= since]
        shown, following = self.page(known, int(start))
        answer: dict[str, Any] = {"data": shown}
        if following:
            query = urlencode({**self.query, "after": following})
            answer["paging"] = {"next": f"{self.server.home}{urlsplit(self.path).path}?{query}"}
        self.as_json(answer)


NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"


def ncmec_page(records: list[dict[str, Any]], following: str) -> str:
    """A page of NCMEC's as XML."""
    kinds = {
        kind: "".join(ncmec_record(each) for each in records if kind[:-1] in each["tag"].lower())
        for kind in ("images", "videos")
    }
    newest = max((each["timestamp"] for each in records), default="")
    body = "".join(
        f'<{kind} count="1" maxTimestamp="{newest}">{inner}</{kind}>'
        for kind, inner in kinds.items()
        if inner
    )
    paging = f"<paging><next>{escape(following)}</next></paging>" if following else ""
    start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{start}<queryResult xmlns="{NAMESPACE}">{body}{paging}</queryResult>'


def ncmec_record(record: dict[str, Any]) -> str:
    """A record of NCMEC's as XML; `inner` is put in as it is."""
    prints = "".join(f"<{k}>{escape(v)}</{k}>" for k, v in record.get("prints", {}).items())
    member = f"<member id={quoteattr(record['member'])}>Member</member>" if record["member"] else ""
    return (
        f"<{record['tag']}>{member}<timestamp>{record['timestamp']}</timestamp>"
        f"<id>{record['id']}</id><classification>{record.get('category', 'A1')}</classification>"
        f"<fingerprints>{prints}{record.get('links', '')}</fingerprints>"
        f"{record.get('inner', '')}</{record['tag']}>"
    )


def date(seconds: float) -> str:
    """A time as NCMEC writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def refuse(status: int, **headers: str) -> Fault:
    """A fault that answers with a status."""

    def fault(handler: Handler) -> bool:
        handler.give(status, b"<html>not now</html>", **headers)
        return True

    return fault


def cut(handler: Handler) -> bool:
    """A fault that breaks the connection in the middle of an answer."""
    handler.send_response_only(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<queryResult")
    handler.close_connection = True
    return True


def well(handler: Handler) -> bool:
    """A request between faults that is answered."""
    return False
