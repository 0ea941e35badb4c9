from hashmatch.index.flat import FlatIndex


class RangeIndex(FlatIndex):
    def __init__(self, codes, arrays=None):
        super().__init__(codes)

    @staticmethod
    def build(codes, *, layout="inline"):
        return {}
