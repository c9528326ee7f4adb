"""The committed changes since one last looked, from the engine's own change log."""

from realtime.changes.change import Change
from realtime.changes.log import current_snapshot, read_changes


class Log:
    """A position in the change log."""

    def __init__(self, schema: str) -> None:
        self.schema = schema
        self.seen = current_snapshot()

    def read(self) -> list[Change]:
        """What was committed in the tenant's schema or the public one since the last call, in order."""
        upto = current_snapshot()
        changes = read_changes(self.seen, upto, [self.schema, "public"])
        self.seen = upto
        return changes
