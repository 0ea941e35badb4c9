"""Pictures hashed per second of processor time, beside other programs that are installed."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from hashmatch.bench.machine import machine, versions
from hashmatch.bench.pictures import Picture, read_pictures
from hashmatch.bench.recall import Watch
from hashmatch.errors import UnreadableImageError
from hashmatch.hashing.items import HashOptions, hash_image
from hashmatch.limits import Limits
from hashmatch.wording import number_of

if TYPE_CHECKING:
    from os import PathLike

_MEGAPIXELS: Final = ((0.1, "up to 0.1 MP"), (0.5, "0.1–0.5 MP"), (2, "0.5–2 MP"), (8, "2–8 MP"))
_LARGEST: Final = "over 8 MP"
OURS: Final = "hashmatch"


@dataclass(frozen=True, slots=True)
class HashBenchOptions:
    """What to measure.

    Attributes:
        most: pictures of each format and size.
        rounds: in which all programs take turns; the median counts.
        seed: decides which pictures, where there are more.
        limits: of bytes and pixels per file.
    """

    most: int = 50
    rounds: int = 3
    seed: int = 0
    limits: Limits = field(default_factory=Limits)


def contenders() -> dict[str, Callable[[bytes], object]]:
    """Programs that hash the bytes of a picture file, each as its documentation says."""
    turned = HashOptions(orientations=True)
    exact = HashOptions(mode="exact")
    found: dict[str, Callable[[bytes], object]] = {
        OURS: hash_image,
        "hashmatch exact": lambda data: hash_image(data, exact),
        "hashmatch, 8 orientations": lambda data: hash_image(data, turned),
    }
    with suppress(ImportError):
        import pdqhash

        found["Pillow + pdqhash"] = lambda data: pdqhash.compute(_rgb(data))
    with suppress(ImportError):
        import imagehash

        found["imagehash phash"] = lambda data: imagehash.phash(Image.open(BytesIO(data)))
    with suppress(ImportError):
        from perception import hashers

        phash = hashers.PHash()
        found["perception PHash"] = lambda data: phash.compute(_rgb(data))
    return found


def _rgb(data: bytes) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    with Image.open(BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB"))


def measure_hashing(
    places: "Sequence[str | PathLike[str]]",
    options: HashBenchOptions | None = None,
    *,
    watch: Watch | None = None,
) -> dict[str, Any]:
    """Pictures per second of processor time by format and size, as JSON.

    Files are in memory before anything is measured. What a program cannot read is counted for it,
    and is left out of its time.

    Args:
        places: folders and files with pictures.
        options: what to measure.
        watch: who looks on.

    Raises:
        SourceError: a place cannot be opened, or there is no picture.
    """
    options, watch = options or HashBenchOptions(), watch or Watch()
    found = read_pictures(places, seed=options.seed, limits=options.limits, counting=watch.counting)
    classes = _classes(found.used, options)
    programs = contenders()
    times: dict[tuple[str, str], list[float]] = {}
    failed: dict[tuple[str, str], int] = {}
    stopped, done = False, 0
    for name, data in classes.items():
        for _ in range(options.rounds):
            if stopped := stopped or watch.stop():
                break
            for program, call in programs.items():
                spent, failures = _spent(call, data)
                times.setdefault((name, program), []).append(spent)
                failed[name, program] = failures
            done += 1
            watch.done("rounds", done, len(classes) * options.rounds)
    return {
        "bench": "hash",
        "version": 1,
        "interrupted": stopped,
        "machine": machine(),
        "versions": versions(),
        "settings": {"seed": options.seed, "rounds": options.rounds},
        "unread": [
            {"picture": locator, "reason": why.reason.value} for locator, why in found.unread
        ],
        "classes": [
            {
                "class": name,
                "pictures": len(data),
                "megapixels": round(sum(map(_pixels, data)) / len(data) / 1e6, 3),
                "programs": {
                    program: _figures(times[name, program], len(data), failed[name, program])
                    for program in programs
                    if (name, program) in times
                },
            }
            for name, data in classes.items()
        ],
    }


def _figures(times: Sequence[float], pictures: int, failed: int) -> dict[str, Any]:
    spent, hashed = statistics.median(times), pictures - failed
    rate = round(hashed / spent, 1) if spent and hashed else None
    return {"per_second": rate, "seconds": round(spent, 4), "failed": failed}


def _classes(pictures: Sequence[Picture], options: HashBenchOptions) -> dict[str, list[bytes]]:
    """The files by format and size, largest classes first."""
    found: dict[str, list[bytes]] = {}
    for each in pictures:
        with suppress(OSError, UnreadableImageError):
            data = each.read()
            name = _class_of(data, options)
            if name and len(found.setdefault(name, [])) < options.most:
                found[name].append(data)
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))


def _class_of(data: bytes, options: HashBenchOptions) -> str:
    media = hash_image(data, HashOptions(limits=options.limits))
    pixels = media.width * media.height / 1e6
    size = next((name for most, name in _MEGAPIXELS if pixels <= most), _LARGEST)
    return f"{media.format}, {size}"


def _pixels(data: bytes) -> int:
    media = hash_image(data)
    return media.width * media.height


def _spent(call: Callable[[bytes], object], files: Sequence[bytes]) -> tuple[float, int]:
    """Seconds of processor time for the files that it could hash, and how many it could not."""
    spent, failed = 0.0, 0
    for data in files:
        began = time.process_time()
        try:
            call(data)
        except Exception:  # noqa: BLE001 (each program has errors of its own)
            failed += 1
            continue
        spent += time.process_time() - began
    return spent, failed


def hash_lines(result: Mapping[str, Any]) -> Iterator[str]:
    """What was measured, in lines."""
    for each in result["classes"]:
        count = number_of(each["pictures"], "picture")
        yield f"{each['class']}: {count} of {each['megapixels']:g} MP on average"
        own = each["programs"].get(OURS, {}).get("per_second")
        for name, facts in each["programs"].items():
            rate = facts["per_second"]
            told = "none could be hashed" if rate is None else f"{rate:>10,.1f} a CPU second"
            ratio = f"  {own / rate:6.2f} × slower" if rate and own and name != OURS else ""
            failed = f"  {facts['failed']} not read" if facts["failed"] else ""
            yield f"  {name:28}{told}{ratio}{failed}"
