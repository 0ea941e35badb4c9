"""Covers, for tests."""

import io
from typing import Any

import av
import numpy as np


def sound(container: str, codec: str) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as out:
        stream: Any = out.add_stream(codec, rate=44100, layout="mono")
        form = stream.codec_context.format.name
        kind = np.float32 if form.startswith("flt") else np.int32 if "32" in form else np.int16
        for number in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), kind), form, "mono")
            frame.rate, frame.pts = 44100, number * 1024
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return buffer.getvalue()


def id3(picture: bytes, mime: bytes) -> bytes:
    body = b"\0" + mime + b"\0\x03\0" + picture
    frame = b"APIC" + len(body).to_bytes(4) + b"\0\0" + body
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + frame
