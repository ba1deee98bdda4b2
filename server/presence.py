"""Whether a client that cannot be heard any more is still there while a long statement of its runs.

A client that closes its side has either gone or only said all it wants to ask (`nc -N`), and TCP tells the one like
the other. The difference shows when something is sent to it: the machine of one that has gone answers with a reset, and
what is sent next fails. So something is sent now and then that no client minds. The same goes for a client whose bytes
are not read for now.
"""

import asyncio
from collections.abc import Callable
from typing import Final

# Seconds; who has gone is found out after two of these.
_INTERVAL: Final = 0.75


class Presence:
    """Looks after one client.

    Args:
        in_doubt: whether a statement runs for a client that cannot be heard.
        send_anything: what shows whether it is there.
    """

    def __init__(self, in_doubt: Callable[[], bool], send_anything: Callable[[], None]) -> None:
        self._in_doubt = in_doubt
        self._send_anything = send_anything
        self._timer: asyncio.TimerHandle | None = None

    def watch(self) -> None:
        """Begin to look after it, if there is a doubt."""
        if self._timer is None and self._in_doubt():
            self._timer = asyncio.get_running_loop().call_later(_INTERVAL, self._look)

    def stop(self) -> None:
        """The connection is over, and not held by us any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._in_doubt, self._send_anything = _no_doubt, _nothing

    def _look(self) -> None:
        self._timer = None
        if self._in_doubt():
            self._send_anything()
            self.watch()


def _no_doubt() -> bool:
    return False


def _nothing() -> None:
    """What there is to send when the connection is over."""
