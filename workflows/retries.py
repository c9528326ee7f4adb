"""How often and how soon a failed step is tried again."""

import random
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most so many attempts; pauses grow by ``factor`` from ``first`` to ``longest``, with jitter.

    Jitter (a pause between half and all of it) spreads clients that failed together; see
    M. Brooker, Exponential Backoff And Jitter, 2015.
    """

    attempts: int = 5
    first: timedelta = timedelta(seconds=1)
    factor: float = 2.0
    longest: timedelta = timedelta(hours=1)
    jitter: bool = True

    def pause(self, attempt: int) -> timedelta:
        """How long to wait after so many failed attempts."""
        full = min(self.first.total_seconds() * self.factor ** (attempt - 1), self.longest.total_seconds())
        share = random.uniform(0.5, 1.0) if self.jitter else 1.0  # noqa: S311  (jitter, not a secret)
        return timedelta(seconds=full * share)


#: A step on the database that raised something unforeseen; collisions are repeated at once and not counted.
DATABASE_STEP = RetryPolicy(attempts=3, first=timedelta(seconds=1), factor=5)
