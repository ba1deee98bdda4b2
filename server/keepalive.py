"""Probes of silent clients: the socket's side of PostgreSQL's tcp_keepalives_* and tcp_user_timeout.

As in PostgreSQL every connection has SO_KEEPALIVE, so that a client whose machine has gone is found out and its place
becomes free; the session's parameters say how soon, and 0 leaves that to the system. What a system lacks is left out.
"""

import socket
from contextlib import suppress
from typing import Final

# In the order of `wanted`: seconds of silence, seconds between probes, how many, milliseconds unacknowledged.
_OPTIONS: Final = tuple(
    getattr(socket, name, None) for name in ("TCP_KEEPIDLE", "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_USER_TIMEOUT")
)
_UNASKED: Final = (0, 0, 0, 0)


class KeepAlive:
    """One socket's."""

    __slots__ = ("_own", "_socket", "_wanted")

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._wanted: tuple[int, ...] = _UNASKED
        # The system's own values, of what has been asked for at least once.
        self._own: dict[int, int] | None = None
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def follow(self, wanted: tuple[int, ...]) -> None:
        """Set what the session wants, if that has changed; 0 each for the system's own."""
        if wanted == self._wanted:
            return
        own = self._own = self._own or {}
        for option, before, now in zip(_OPTIONS, self._wanted, wanted, strict=True):
            if option is None or now == before:
                continue
            if not before:
                own[option] = self._socket.getsockopt(socket.IPPROTO_TCP, option)
            with suppress(OSError):  # more than the system takes
                self._socket.setsockopt(socket.IPPROTO_TCP, option, now or own[option])
        self._wanted = wanted
