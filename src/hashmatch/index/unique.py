import numpy as np


def unique_codes(codes):
    u, inv = np.unique(codes, axis=0, return_inverse=True)
    inv = inv.reshape(-1)
    rows = np.argsort(inv, kind="stable").astype(np.uint32)
    return u, np.append(0, np.cumsum(np.bincount(inv, minlength=len(u)))).astype(np.uint64), rows
