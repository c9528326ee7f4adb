"""Live regions of pages: a named function that makes a template's context from queries, and its template."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from realtime.functions import Context

FragmentFunction = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A live region: its name, what finds its template's context, and the template."""

    name: str
    function: FragmentFunction
    template: str

    def render(self, ctx: Context, args: Mapping[str, Any]) -> str:
        """The region's HTML for the caller; it depends on nothing but the context and the arguments."""
        return render_to_string(self.template, {"ctx": ctx, **self.function(ctx, **args)})


fragments: dict[str, Fragment] = {}


def fragment(name: str, *, template: str) -> Callable[[FragmentFunction], FragmentFunction]:
    """Register ``(ctx, *, ...) -> template context`` as a live region."""

    def register(function: FragmentFunction) -> FragmentFunction:
        if name in fragments:
            raise TypeError(f"The fragment {name} is registered twice.")
        fragments[name] = Fragment(name, function, template)
        return function

    return register
