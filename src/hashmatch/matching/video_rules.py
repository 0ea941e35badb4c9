"""What counts as a match of videos where an operator set another threshold for pictures."""

from dataclasses import replace
from functools import lru_cache

from hashmatch.profiles import VideoProfile


@lru_cache(maxsize=256)
def video_rules(video: VideoProfile, threshold: int) -> VideoProfile:
    """The rules for videos at this threshold of pictures.

    A smaller threshold than the one that the rules were measured with makes every distance between
    frames smaller in proportion; 0 leaves equal frames alone. A larger one only lets single frames
    count as far as pictures do: how far frames may be that match in order of time is as it was.

    Args:
        video: the rules, and the threshold that they were measured with.
        threshold: the largest distance of a picture that matches, in bits; below 0 where none is.
    """
    steps, measured = video.steps, video.threshold
    if threshold in (measured, -1):
        return video
    if threshold > measured:
        return replace(
            video,
            seed=max(video.seed, threshold),
            seed_of_many=max(video.seed_of_many, threshold),
            steps=replace(steps, pair=max(steps.pair, threshold)),
        )
    return replace(
        video,
        seed=video.seed * threshold // measured,
        seed_of_many=video.seed_of_many * threshold // measured,
        steps=replace(steps, pair=steps.pair * threshold // measured),
        strong_distance=video.strong_distance * threshold / measured,
    )
