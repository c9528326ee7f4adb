"""What comes out of the audit log's functions."""

from datetime import datetime
from typing import Any

from typing_extensions import TypedDict

from realtime.functions import shape


@shape
class AuditRow(TypedDict):
    """One mutation that committed; ``changes`` is ``{field: [before, after]}``."""

    id: int
    at: datetime
    function: str
    actor_kind: str
    actor_id: int | None
    actor_name: str | None
    credential: str
    object: str
    object_id: int | None
    changes: dict[str, Any]
    request_id: str
