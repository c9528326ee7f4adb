"""The web process: one ASGI server for pages, REST and sockets. ``python -m config.web``"""

import os

import uvicorn

from config import env

#: No page, request or call may hold a connection longer with one statement.
STATEMENT_SECONDS = 20


def main() -> None:
    """Serve on HOST and PORT with WEB_WORKERS processes, which read the settings after this."""
    os.environ.setdefault("DATABASE_STATEMENT_SECONDS", str(STATEMENT_SECONDS))
    uvicorn.run(
        "config.asgi:application",
        host=env.text("HOST", "127.0.0.1"),
        port=env.integer("PORT", 8000),
        workers=env.integer("WEB_WORKERS", 1),
        log_config=None,  # Django's settings configure logging
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=env.flag("TRUST_PROXY"),
        forwarded_allow_ips=env.text("FORWARDED_ALLOW_IPS", "127.0.0.1,::1"),
        ws="websockets-sansio",  # 5.5 us of CPU a message sent; the default one takes 8.0
        ws_per_message_deflate=False,  # 9.0 us with it, and a window's memory a socket
        ws_max_size=1024 * 1024,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
