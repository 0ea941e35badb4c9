"""Headless Chromium, driven through a pipe: pages are drawn, and come back as bytes in memory.

    apt-get install chromium

Nothing is fetched: pages and photos are files, and every other address is refused.
"""

import base64
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

_PROGRAM: Final = "chromium"
_FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--remote-debugging-pipe",
)


class Device(NamedTuple):
    """A screen.

    Attributes:
        width: in CSS pixels.
        height: likewise.
        ratio: pixels of the device for each.
    """

    width: int
    height: int
    ratio: float

    def __str__(self) -> str:
        return f"{self.width}×{self.height}@{self.ratio:g}"


class Chromium:
    """One browser with one page."""

    def __init__(self, commands: int, answers: int) -> None:
        """Open a page.

        Args:
            commands: the file descriptor that the browser reads.
            answers: the one that it writes.
        """
        self._commands, self._answers, self._read = commands, answers, b""
        self._number = 0
        self._session = ""
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        opened = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = opened["sessionId"]
        self._ask("Page.enable")

    def _ask(self, method: str, **parameters: object) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    msg = f"{method}: {answer['error']['message']}"
                    raise RuntimeError(msg)
                found: dict[str, Any] = answer["result"]
                return found

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._read:
            more = os.read(self._answers, 1 << 20)
            if not more:
                msg = "Chromium has ended"
                raise RuntimeError(msg)
            self._read += more
        message, _, self._read = self._read.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found

    def shown(self, page: Path, device: Device, script: str, kind: str) -> tuple[bytes, Any]:
        """The file of a screenshot, and what a script says of the page.

        Args:
            page: a file of HTML.
            device: on which it is shown.
            script: an expression, evaluated once all images are decoded.
            kind: `png` or `jpeg`.
        """
        self._ask(
            "Emulation.setDeviceMetricsOverride",
            width=device.width,
            height=device.height,
            deviceScaleFactor=device.ratio,
            mobile=False,
        )
        self._ask("Page.navigate", url=page.resolve().as_uri())
        ready = (
            "new Promise(done => addEventListener('load', done) || "
            "document.readyState === 'complete' && done())"
            ".then(() => Promise.all([...document.images].map(each => each.decode())))"
            f".then(() => {script})"
        )
        found = self._ask(
            "Runtime.evaluate", expression=ready, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in found:
            msg = f"{page.name}: {found['exceptionDetails']}"
            raise RuntimeError(msg)
        quality = {} if kind == "png" else {"quality": 82}
        shot = self._ask("Page.captureScreenshot", format=kind, **quality)
        return base64.b64decode(shot["data"]), found["result"]["value"]


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A browser, ended afterwards.

    Raises:
        RuntimeError: it is not installed, or does not start.
    """
    program = shutil.which(_PROGRAM)
    if program is None:
        msg = "chromium is not installed: apt-get install chromium"
        raise RuntimeError(msg)
    reads, commands = os.pipe()
    answers, writes = os.pipe()
    with tempfile.TemporaryDirectory(
        prefix="hashmatch-chromium-", ignore_cleanup_errors=True
    ) as profile:
        # The browser reads from descriptor 3 and writes to 4.
        line = 'in=$1 out=$2; shift 2; eval "exec \\"\\$@\\" 3<&$in 4>&$out"'
        flags = (*_FLAGS, f"--user-data-dir={profile}", "about:blank")
        browser = subprocess.Popen(  # noqa: S603 (a program that is asked for)
            ["/bin/bash", "-c", line, "bash", str(reads), str(writes), program, *flags],
            pass_fds=(reads, writes),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(reads)
        os.close(writes)
        try:
            yield Chromium(commands, answers)
        finally:
            browser.terminate()
            browser.wait()
            os.close(commands)
            os.close(answers)
