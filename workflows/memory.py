"""Giving back what loading has left over: a process that lives for weeks need not hold it."""

import ctypes
import gc


def give_back() -> None:
    """Return free memory to the system (glibc only), and let processes that are forked share the rest.

    Objects that live as long as the process are not looked at by the collector any more, which would write to
    their pages and so copy them.
    """
    gc.collect()
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
