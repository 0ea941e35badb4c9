"""Items on record that lie in others."""

from hashmatch.model import AllocationState, Locator, Place, PlaceConfidence
from hashmatch.model.locator import File, Member, Step
from hashmatch.sightings.records import ItemRecord
from tests.support.case_records import item


def inside(number: int = 7, *steps: Step, **changed: object) -> ItemRecord:
    """A deleted picture in an archive on record; its steps follow the file."""
    chain = steps or (Member("zip", 3, "holiday/IMG_0007.jpg"),)
    place = Place(
        locator=Locator((File("DCIM/a!b.zip"), *chain)),
        state=AllocationState.DELETED,
        confidence=PlaceConfidence.CONTIGUOUS_ASSUMED,
        runs=((1 << 20, 4096), (1 << 30, 512)),
        weight=4608,
    )
    return item(number, str(place.locator), place=place, parent=3, **changed)
