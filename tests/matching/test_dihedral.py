import numpy as np

from hashmatch.hashers.pdq import finish
from hashmatch.matching.dihedral import turned
from hashmatch.model.orientation import Orientation


def test_codes_of_turned_grids_come_from_the_upright_code() -> None:
    random = np.random.default_rng(7)
    waves = np.hypot(*np.meshgrid(*2 * [np.fft.fftfreq(64)])) + 0.02
    drawn = np.fft.ifft2(np.fft.fft2(random.normal(size=(50, 64, 64))) / waves).real
    grids = (255 * (drawn - drawn.min()) / np.ptp(drawn)).astype(np.float32)
    upright = finish(grids)[0]
    for orientation in Orientation:
        exact = finish(np.stack([orientation.apply(grid) for grid in grids]))[0]
        off = np.bitwise_count(exact ^ turned(upright, orientation)).sum(axis=1)
        assert np.median(off) <= 10
        assert off.max() <= 31
