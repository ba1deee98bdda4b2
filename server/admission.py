"""Who may come in: how many connections there may be, and how often a login may be tried.

Places are counted apart: clients that have not logged in yet never take one from those that have. Above
the limit a client is told so (53300); above twice the limit it is not even listened to, so that telling
costs no more than serving.

Failed logins slow down the next ones of the same address for the same user; others behind the same
address are left alone. The pause comes before the challenge, so that hanging up early gains nothing, and
attempts in parallel stand in one line. Nobody waits in a task; the memory of failures is bounded, and
fades.
"""

import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from server.errors import Condition, OdpsError

# An IPv6 customer has at least this many bits of addresses to choose from.
_IPV6_PREFIX: Final = 64
# Failures without a pause, then 0.5, 1, 2, 4 ... seconds.
_FREE_FAILURES: Final = 3
_FIRST_PAUSE: Final = 0.5
# Seconds after its last failure at which a line in the memory is as good as new.
_FORGET_AFTER: Final = 900.0
_MOST_LINES: Final = 10_000


class Method(StrEnum):
    """How clients show who they are, by PostgreSQL's names for it."""

    TRUST = "trust"
    SCRAM = "scram-sha-256"


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections at once, and how long a login may take.

    Attributes:
        sessions: clients that have logged in.
        sessions_per_user: of one user; 0 is no limit of its own.
        logins: clients that have not logged in yet.
        login_timeout: seconds within which a client has to log in.
        longest_pause: seconds, the most that a login has to wait for earlier failures.
    """

    sessions: int = 1000
    sessions_per_user: int = 0
    logins: int = 1000
    login_timeout: float = 60.0
    longest_pause: float = 10.0


class Admission:
    """Counts places and remembers failures. Belongs to one event loop.

    Args:
        clock: seconds that only grow, such as `time.monotonic`.

    Attributes:
        logins: how many clients are connected that have not logged in.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self.logins = 0
        self._users: Counter[str] = Counter()
        self._sessions = 0
        # By (address, user); the line that failed last is the last one.
        self._failures: OrderedDict[tuple[str, str], _Failures] = OrderedDict()

    # Places.

    @property
    def is_full(self) -> bool:
        """Whether nobody more can log in now."""
        return self._sessions >= self.limits.sessions or self.logins > self.limits.logins

    def enter(self) -> bool:
        """A client has connected; `leave` must follow. False: it is one too many to be listened to."""
        self.logins += 1
        return self.logins <= 2 * self.limits.logins

    def check_login(self) -> None:
        """A client wants to log in.

        Raises:
            OdpsError: TOO_MANY_CONNECTIONS.
        """
        if self.is_full:
            raise OdpsError(Condition.TOO_MANY_CONNECTIONS)

    def log_in(self, user: str) -> None:
        """The client has logged in and becomes a session, if there is room for it.

        Raises:
            OdpsError: TOO_MANY_CONNECTIONS or TOO_MANY_FOR_ROLE; it is still no session then.
        """
        if self._sessions >= self.limits.sessions:
            raise OdpsError(Condition.TOO_MANY_CONNECTIONS)
        if self.limits.sessions_per_user and self._users[user] >= self.limits.sessions_per_user:
            raise OdpsError(Condition.TOO_MANY_FOR_ROLE, name=user)
        self.logins -= 1
        self._sessions += 1
        self._users[user] += 1

    def leave(self, user: str | None) -> None:
        """The client has gone; `user` is None when it never logged in."""
        if user is None:
            self.logins -= 1
            return
        self._sessions -= 1
        self._users[user] -= 1
        if not self._users[user]:
            del self._users[user]

    # Failures.

    def pause(self, address: str, user: str) -> float:
        """Seconds that this attempt has to wait. Whoever asks takes a place in the line.

        Raises:
            OdpsError: TOO_MANY_FAILURES, when the line is longer than anyone should wait.
        """
        now = self._clock()
        line = self._find(_key(address, user), now)
        if line is None or not line.spacing:
            return 0.0
        wait = max(line.next_turn - now, 0.0)
        if wait > self.limits.longest_pause:
            raise OdpsError(Condition.TOO_MANY_FAILURES, name=user, hint="Wait a minute before the next attempt.")
        line.next_turn = now + wait + line.spacing
        return wait

    def fail(self, address: str, user: str) -> None:
        """A login has failed."""
        key, now = _key(address, user), self._clock()
        line = self._find(key, now) or _Failures()
        line.count += 1
        line.last = now
        if line.count >= _FREE_FAILURES:
            doublings = min(line.count - _FREE_FAILURES, 16)
            line.spacing = min(_FIRST_PAUSE * 2.0**doublings, self.limits.longest_pause)
            line.next_turn = max(line.next_turn, now + line.spacing)
        self._failures[key] = line
        self._failures.move_to_end(key)
        if len(self._failures) > _MOST_LINES:
            self._failures.popitem(last=False)

    def succeed(self, address: str, user: str) -> None:
        """A login was right: what failed before was a slip."""
        self._failures.pop(_key(address, user), None)

    def _find(self, key: tuple[str, str], now: float) -> "_Failures | None":
        line = self._failures.get(key)
        if line is not None and now - line.last > _FORGET_AFTER:
            del self._failures[key]
            return None
        return line


@dataclass(slots=True)
class _Failures:
    """One line: how many failures, when the last was, how far apart attempts are, and whose turn is when."""

    count: int = 0
    last: float = 0.0
    spacing: float = 0.0
    next_turn: float = 0.0


def _key(address: str, user: str) -> tuple[str, str]:
    return _network(address), user


def _network(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    if mapped is not None:
        return str(mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_PREFIX), strict=False))
