"""Telling workers through the broker that something is due.

A hint may get lost, so nobody waits for one: a thread of its own sends them, one for all that were asked for
meanwhile. A broker that is away is not asked again for a while; beat and the standby driver find the work.
"""

import logging
import os
import threading
import time

logger = logging.getLogger(__name__)

QUIET_SECONDS = 5.0
#: What many commits ask for within this time is one message.
PAUSE_SECONDS = 0.02
_wanted = threading.Event()
_lock = threading.Lock()
_sender: tuple[int, threading.Thread] | None = None


def send_hint() -> None:
    """Ask for a drain, soon and without waiting."""
    global _sender
    _wanted.set()
    with _lock:
        # A fork inherits the variable, but not the thread.
        if _sender is None or _sender[0] != os.getpid():
            thread = threading.Thread(target=_send_forever, name="hints", daemon=True)
            _sender = (os.getpid(), thread)
            thread.start()


def _send_forever() -> None:
    while _wanted.wait():
        _wanted.clear()
        time.sleep(PAUSE_SECONDS if publish() else QUIET_SECONDS)


def publish() -> bool:
    """Send the message now; False when the broker does not take it."""
    from workflows.jobs import drain_due

    try:
        drain_due.apply_async(retry=False)
    except Exception as error:  # noqa: BLE001  (whatever it is, the thread has to go on)
        logger.warning("the broker takes no hint: %s", error)
        return False
    return True
