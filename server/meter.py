"""What a server has done so far, as plain numbers: cheap to add to, read when somebody asks.

A number costs the statement that moves it some fifty nanoseconds; names, labels and text are made of them only
when `server/metrics.py` is asked. All of it belongs to the loop; other threads may read.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

# Seconds: from a small answer to a SELECT that somebody ought to look at.
_DURATIONS: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
_GROUPS: Final = (1, 2, 4, 8, 16, 32, 64, 128)
_LAGS: Final = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0)

SUCCEEDED: Final = "00000"
# The kind of a statement that could not be read.
UNREAD: Final = "unread"


class Histogram:
    """How many values were at most each bound, and their sum."""

    __slots__ = ("_bounds", "_counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self.sum += value

    def buckets(self) -> list[tuple[str, float]]:
        """(bound, how many were at most that), as Prometheus counts: each with those below; the last is +Inf."""
        found: list[tuple[str, float]] = []
        total = 0
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            total += count
            found.append(("+Inf" if bound == float("inf") else f"{bound:g}", total))
        return found


@dataclass(slots=True)
class Meter:
    """Counted since the server started.

    Attributes:
        statements: by (kind, SQLSTATE), without those answered again: a kind is the name of a statement's class.
        repeated: packets answered with a kept answer, by the kinds of the statements in them.
        missed: packets for which no answer was kept that might have been.
        durations: of the messages that run statements, in seconds; answers given again are not among them.
        logins: clients that were let in.
        refused_logins: those that were not, by SQLSTATE.
        groups: how many commits were written together.
        failed_commits: groups that were not written, by what the store reported.
        lags: how much later than it should the loop did what was to be done at a certain time, in seconds.
    """

    statements: dict[tuple[str, str], int] = field(default_factory=dict)
    repeated: dict[tuple[str, ...], int] = field(default_factory=dict)
    missed: int = 0
    durations: Histogram = field(default_factory=lambda: Histogram(_DURATIONS))
    logins: int = 0
    refused_logins: dict[str, int] = field(default_factory=dict)
    groups: Histogram = field(default_factory=lambda: Histogram(_GROUPS))
    failed_commits: dict[str, int] = field(default_factory=dict)
    lags: Histogram = field(default_factory=lambda: Histogram(_LAGS))

    def repeat(self, kinds: tuple[str, ...]) -> None:
        self.repeated[kinds] = self.repeated.get(kinds, 0) + 1

    def list_statements(self) -> dict[tuple[str, str], int]:
        """By (kind, SQLSTATE), those answered again among them."""
        found = self.statements.copy()
        for kinds, count in self.repeated.copy().items():
            for kind in kinds:
                found[kind, SUCCEEDED] = found.get((kind, SUCCEEDED), 0) + count
        return found

    def count_statement(self, kind: str, sqlstate: str = SUCCEEDED) -> None:
        key = kind, sqlstate
        self.statements[key] = self.statements.get(key, 0) + 1

    def refuse_login(self, sqlstate: str) -> None:
        self.refused_logins[sqlstate] = self.refused_logins.get(sqlstate, 0) + 1

    def fail_commit(self, error: str) -> None:
        self.failed_commits[error] = self.failed_commits.get(error, 0) + 1
