"""What every page's template may use."""

from typing import Any

from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """The application shell's values: actor and tenant of the request, if any."""
    return {"ctx": getattr(request, "ctx", None), "tenant": getattr(request, "tenant_record", None)}
