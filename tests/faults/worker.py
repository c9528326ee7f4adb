"""The deployment's Celery worker, with the tests' workflows."""

import os

from config import programs

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.celery import Listening, app

    Listening.seconds = 1.0

    @app.on_after_finalize.connect
    def load(**_kwargs: object) -> None:
        """When Django is set up, which Celery sees to."""
        from tests.workflows import example

        _loaded = example

    app.worker_main([*programs.WORKER, "--concurrency=1"])
