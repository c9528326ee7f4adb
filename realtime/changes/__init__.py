"""The change log: what every table tells, and the relay that tells it on."""

from realtime.changes.publish import poke

__all__ = ["poke"]
