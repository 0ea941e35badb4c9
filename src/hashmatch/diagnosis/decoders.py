"""Whether known files of every format are read as they must be, in a sandboxed worker."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hashmatch.decoding.samples import Sample, samples
from hashmatch.diagnosis.model import Check, State
from hashmatch.errors import HashmatchError, Reason
from hashmatch.faults import fault_of
from hashmatch.hashing.items import HashOptions
from hashmatch.model import Hash, Item
from hashmatch.profiles import DEFAULT
from hashmatch.scanning import seccomp
from hashmatch.scanning.reading import read_items
from hashmatch.scanning.refusals import Watch, Watched
from hashmatch.scanning.sandbox import Sandbox
from hashmatch.sources.base import roots_of
from hashmatch.sources.opener import opener_of
from hashmatch.sources.opening import open_source

REINSTALL: Final = (
    "run `pip install --force-reinstall .` in hashmatch's folder; report it if the fault stays"
)
_REPORT: Final = "report this: a library makes system calls that workers may not make"
_MOVING: Final = ("film", "animation")
_FEWEST_FRAMES: Final = 2


def check_decoders() -> Iterator[Check]:
    """Decode one known file of each format, a film and an animation; then what workers lack."""
    known = {sample.name: sample for sample in samples()}
    notices: list[str] = []
    with TemporaryDirectory(prefix="hashmatch-doctor-") as folder:
        for sample in known.values():
            (Path(folder) / sample.name).write_bytes(sample.data)
        source = open_source(folder)
        items = read_items(
            source,
            HashOptions(),
            opener=opener_of(source),
            workers=1,
            sandbox=Sandbox(roots_of(source), unsandboxed=True),
            on_notice=notices.append,
        )
        try:
            for each in items:
                if each is None:
                    continue
                _, item = each
                sample = known.pop(Path(item.locator).name)
                yield _of_sample(sample, item)
        except HashmatchError as error:
            yield Check("workers", State.FAILED, str(error), REINSTALL)
        except Exception as error:  # noqa: BLE001 (a diagnosis goes on)
            yield Check("workers", State.FAILED, fault_of(error), REINSTALL)
        else:
            yield from (
                Check(f"format {name}", State.FAILED, "no answer", REINSTALL) for name in known
            )
    for notice in notices:
        advice = "scan untrusted evidence on a system that has it (Linux 5.13 or newer)"
        yield Check("sandbox", State.DEGRADED, notice, advice)
    if not notices:
        yield Check("sandbox", State.OK, "workers are locked down with Landlock and seccomp")


def check_refusals() -> Iterator[Check]:
    """Decode all samples once more, and name each system call that the sandbox refuses."""
    if not seccomp.is_known():
        return
    with TemporaryDirectory(prefix="hashmatch-doctor-") as folder, Watch() as watch:
        for sample in samples():
            (Path(folder) / sample.name).write_bytes(sample.data)
        sandbox = Watched((folder,), unsandboxed=True, address=watch.address)
        source = open_source(folder)
        items = read_items(
            source, HashOptions(), opener=opener_of(source), workers=1, sandbox=sandbox
        )
        try:
            count = sum(1 for each in items if each is not None)
        except HashmatchError as error:
            yield Check("system calls", State.DEGRADED, f"could not be watched: {error}")
            return
    refused = [f"{call}, {times} times" for call, times in watch.refused.items()]
    if refused:
        detail = f"the sandbox refused {'; '.join(refused)}"
        yield Check("system calls", State.DEGRADED, detail, _REPORT)
    else:
        yield Check(
            "system calls", State.OK, f"the sandbox refused none while {count} samples were read"
        )


def _of_sample(sample: Sample, item: Item) -> Check:
    name = sample.name if sample.name in _MOVING else f"format {sample.name}"
    media, why = item.media, item.unreadable
    if media is None:
        detail = f"{why.reason.value}: {why.detail}" if why else "nothing was read"
        missing = why is not None and why.reason is Reason.UNSUPPORTED and "pip install" in detail
        if missing:
            advice = detail.partition("needs: ")[2]
            return Check(name, State.DEGRADED, "pictures of this format cannot be read", advice)
        return Check(name, State.FAILED, detail, REINSTALL)
    distance = media.hash - Hash.fromhex("pdq", sample.pdq)
    detail = f"read by {media.decoder}, distance {distance} bits"
    if distance > DEFAULT.thresholds["pdq"] or not media.complete:
        return Check(name, State.FAILED, f"read incorrectly: {detail}", REINSTALL)
    if sample.name in _MOVING:
        frames = media.readings if media.is_video else ()
        count = sum(reading.time is not None for reading in frames)
        detail = f"{count} hashes with times, {detail}"
        if count < _FEWEST_FRAMES:
            return Check(name, State.FAILED, detail, REINSTALL)
    return Check(name, State.OK, detail)
