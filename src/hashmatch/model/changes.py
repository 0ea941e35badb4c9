"""What can be changed in an index."""

from hashmatch.errors import Choice


class Change(Choice):
    """What an event changed. Values are stable: indexes have them."""

    IMPORT = "import"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    REMOVE = "remove"
    POLICY = "policy"
    HANDLING = "handling"
    COMPACT = "compact"
    CALIBRATE = "calibrate"
