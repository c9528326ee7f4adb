"""Saved views follow the names of tags: their filters compare by name."""

from typing import Any

from crm.segments.models import SavedView


def rename_in_views(had: str, name: str) -> None:
    """Let every view that asks for the tag ask for its new name. Views are few, and tags rarely change."""
    for view in SavedView.objects.select_for_update().filter(object="contact", filter__isnull=False):
        renamed = _renamed(view.filter, had, name)
        if renamed != view.filter:
            view.filter = renamed
            view.save(update_fields=["filter"])


def _renamed(node: Any, had: str, name: str) -> Any:
    if node.get("field") == "tags" and isinstance(node.get("value"), list):
        return {**node, "value": list(dict.fromkeys(name if each == had else each for each in node["value"]))}
    if "field" in node:
        return node
    return {word: [_renamed(part, had, name) for part in parts] for word, parts in node.items()}
