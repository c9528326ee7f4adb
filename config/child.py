"""Start a module as the supervisor's child: ``python -m config.child MODULE ARGUMENT...``

Asks the kernel to end this process with its parent, then becomes the module. A supervisor that is killed
leaves nothing behind that way (on Linux; elsewhere its children have to be ended by hand).
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Tie this process to its parent and run the module in it."""
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:  # it ended before the kernel knew
        sys.exit("The supervisor is gone.")
    os.execv(sys.executable, [sys.executable, *sys.argv[1:]])


if __name__ == "__main__":
    main()
