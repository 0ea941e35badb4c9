"""What hashing makes of pictures and videos."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, ClassVar

from hashmatch.errors import Choice, Reason
from hashmatch.model.flags import Flag
from hashmatch.model.hash import Hash
from hashmatch.model.orientation import Orientation
from hashmatch.model.plain import PlainValue, Shape, by_fields
from hashmatch.model.region import Region


class FileKind(Choice):
    """What kind of file this is, by its content."""

    PICTURE = "picture"
    VIDEO = "video"
    SOUND = "sound"
    """It may have pictures attached."""
    CONTAINER = "container"
    OTHER = "other"


class Mode(Choice):
    """How luma is computed from a picture."""

    FAST = "fast"
    """Luma of a JPEG as it is stored, at the smallest sufficient size."""
    EXACT = "exact"
    """Luma of the full RGB picture, as reference tools compute it."""
    CENTRED = "centred"
    """Luma as in `exact`, but without the reference's shift, which matters in small pictures."""


class Sampling(Choice):
    """Which frames of a video are hashed, see `hashmatch.hashing.sampling`."""

    QUERY = "query"
    """One frame a second."""
    THOROUGH = "thorough"
    """Two frames a second."""
    ADAPTIVE = "adaptive"
    """Every frame that differs, for queries of lists that hold few frames of each video."""
    REFERENCE = "reference"
    """Every frame that differs, for known videos."""
    TRIAGE = "triage"
    """Keyframes alone, where they are close enough to each other."""


class Decoder(Choice):
    """What read a picture or video."""

    TURBO = "turbo"
    LIBAV = "libav"
    LIBWEBP = "libwebp"
    PILLOW = "pillow"
    NUMPY = "numpy"
    PI_HEIF = "pi-heif"
    LIBJXL = "libjxl"


class Alpha(Choice):
    """How the transparent parts of a picture were read."""

    COMPOSITED = "composited"
    """They were laid on white, as a viewer shows them."""
    DROPPED = "dropped"
    """Alpha was ignored and hidden colours were kept, as tools do that filled many lists."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading(PlainValue):
    """One hash of one picture, or of one frame of a video, and which reading of it that is.

    Attributes:
        hash: the bits.
        quality: 0–100, how much structure the picture has.
        orientation: how the upright picture was turned before hashing.
        alpha: how transparent parts were read.
        frame: number of the frame or page in the file, from 0; a HEIF file says itself which
            of its pictures is the canonical one.
        time: of a video's frame, in seconds from the first; None for a picture.
        part: what of the frame was read; empty for the whole, `content` for what is inside
            borders, or `widened` for the whole with its edges drawn outwards. In front of it what
            in the file it is of, if that is not the picture or film itself: `clip`, `cover`,
            `behind`, `stream-2`, as in `clip.content`.
    """

    json_shape: ClassVar = Shape(spread={"hash": Hash}, decimals={"time": 3})

    hash: Hash
    quality: int
    orientation: Orientation = Orientation.UPRIGHT
    alpha: Alpha = Alpha.COMPOSITED
    frame: int = 0
    time: float | None = None
    part: str = ""

    @property
    def canonical(self) -> bool:
        """Whether it is of a whole upright picture as a viewer shows it; no frame of a video is."""
        return (
            self.time is None
            and self.orientation is Orientation.UPRIGHT
            and self.alpha is Alpha.COMPOSITED
        )


@dataclass(frozen=True, slots=True, repr=False)
class VideoFacts(PlainValue):
    """What is known of a video beside its hashes; an animated picture is one too.

    Attributes:
        sampling: how frames were chosen.
        duration: in seconds, of what was decoded.
        codec: as `h264`; empty where it is not known.
        damaged: packets that could not be decoded.
    """

    sampling: Sampling = Sampling.QUERY
    duration: float = 0.0
    _: KW_ONLY
    codec: str = ""
    damaged: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class MediaHashes(PlainValue):
    """All hashes of one file of a picture or a video.

    The first reading of a picture is the canonical one. Those of a video are of upright frames in
    their order of time, each with its time; those of the same frame follow each other, the whole
    frame first.

    Attributes:
        readings: of a picture one per algorithm, frame, orientation and alpha reading asked for;
            of a video those of the sampled frames.
        mode: how luma was computed.
        width: of the picture as shown, in pixels.
        height: of the picture as shown, in pixels.
        format: what the first bytes say, as `jpeg`.
        decoder: which decoder read it.
        frames: how many frames or pages the file has, as far as they were counted; of a video, how
            many were decoded.
        flags: what is special about it, see `Flag` and what is said there of two further ones.
        fraction: share of the picture's area, or of the video's packets, that could be decoded,
            0–1, an estimate below 1.
        reason: why not all of it could be decoded; None for a whole picture.
        video: what is known of it as a video; None for a picture.
        regions: its parts that may be known pictures, where tiers beyond the whole picture were
            asked for; of pages too, of no frame of an animation or film.
    """

    json_shape: ClassVar = Shape(
        names={"readings": "hashes"},
        decimals={"fraction": 4},
        spread={"video": VideoFacts},
        computed={
            "times_estimated": lambda media: (
                Flag.TIMES_ESTIMATED in media.flags if media.is_video else None
            ),
            # A video as such has no hash: its frames have.
            "hash": lambda media: media.hash if media.readings[0].time is None else None,
            "quality": lambda media: media.quality if media.readings[0].time is None else None,
        },
        behind=("readings", "regions"),
    )

    readings: Sequence[Reading]
    mode: Mode
    _: KW_ONLY
    width: int
    height: int
    format: str
    decoder: Decoder
    frames: int = 1
    flags: tuple[str, ...] = ()
    fraction: float = 1.0
    reason: Reason | None = None
    video: VideoFacts | None = None
    regions: tuple[Region, ...] = ()

    def to_dict(self, *, every: bool = True) -> dict[str, Any]:
        """What was decoded, and the hashes, as a dictionary that JSON can hold.

        The keys are always the same; what does not apply is None.

        Args:
            every: give every hash; otherwise only those of whole upright pictures as they are
                shown, and none of a video's frames.
        """
        return by_fields(self, readings=[each for each in self.readings if every or each.canonical])

    def __repr__(self) -> str:
        kind = "video" if self.is_video else "picture"
        size = f"{self.width}×{self.height}"
        return f"<MediaHashes of a {kind}: {self.format} {size}, {len(self.readings)} readings>"

    @property
    def is_video(self) -> bool:
        """Whether it has a running time: a video or an animated picture."""
        return self.video is not None

    @property
    def complete(self) -> bool:
        """Whether the whole picture was decoded; otherwise the hash is of a part."""
        return self.reason is None

    @property
    def hash(self) -> Hash:
        """The canonical hash: of the first algorithm, of what a viewer shows."""
        return self.readings[0].hash

    @property
    def quality(self) -> int:
        """The canonical hash's quality, 0–100."""
        return self.readings[0].quality

    @property
    def hashes(self) -> Mapping[str, Hash]:
        """The canonical hash of every algorithm; of a set of hashes, the first."""
        found: dict[str, Hash] = {}
        for reading in self.readings:
            found.setdefault(reading.hash.algorithm, reading.hash)
        return found
