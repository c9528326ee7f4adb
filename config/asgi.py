"""ASGI entry: HTTP goes to Django, sockets to the live protocol."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.wsgi import get_wsgi_application

from config import env
from config.bridge import Bridge

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Loads the apps, which the sockets' routes need.
http = Bridge(get_wsgi_application(), threads=env.integer("WEB_THREADS", 8))

from realtime.live.routing import websocket_urlpatterns  # noqa: E402 - Django has to be set up first

application = ProtocolTypeRouter({"http": http, "websocket": URLRouter(websocket_urlpatterns)})
