"""Triggers that keep recorded rows as they are."""


def forbids(table: str, event: str) -> str:
    """A trigger that refuses an event, as `UPDATE OF name`, on a table."""
    name = event.split(" ", 1)[0].lower()
    return (
        f"CREATE TRIGGER {table}_no_{name} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'what was recorded in {table} stays'); END"
    )
