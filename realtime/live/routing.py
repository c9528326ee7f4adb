"""Where sockets are served."""

from django.urls import URLPattern, path

from realtime.live.consumers import live_socket

websocket_urlpatterns: list[URLPattern] = [path("ws", live_socket)]  # type: ignore[arg-type]  # an ASGI application, which path() takes and its stubs don't know
