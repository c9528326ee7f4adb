"""What a function reads, captured where Django executes SQL, and which changes alter it."""

from realtime.reads.index import MatchIndex
from realtime.reads.readset import Conjunction, ReadSet, TableRead, Term
from realtime.reads.tracker import Tracker, UndeclaredRead, active_tracker, declare_reads, track

__all__ = [
    "Conjunction",
    "MatchIndex",
    "ReadSet",
    "TableRead",
    "Term",
    "Tracker",
    "UndeclaredRead",
    "active_tracker",
    "declare_reads",
    "track",
]
