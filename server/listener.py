"""Accepts sockets, knows every connection, and lets them go in order when the server stops."""

import asyncio
import hmac
import os
import socket

import structlog

from protocol.backend_messages import BackendKeyData
from protocol.startup_messages import CancelRequest
from server.access import Access
from server.connection import Connection
from server.engine import Engine
from server.errors import Condition
from server.quick_transport import Listening, listen

_log = structlog.get_logger("modeld")

_BACKLOG = 1024
# Seconds in which the statements that are cut off in the end, and their clients, can be told so.
_LAST_WORDS = 0.5
_MOST_PROCESS_IDS = 2**31 - 1


class Listener:
    """The listening socket and its connections.

    Args:
        access: who may come in; trust and the usual limits where nothing is said.
    """

    def __init__(self, engine: Engine, access: Access | None = None) -> None:
        self._engine = engine
        self._access = access or Access()
        self._connections: dict[int, Connection] = {}
        self._all_gone = asyncio.Event()
        self._process_id = 0
        self._listening: list[Listening] = []

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port: the given one, or the one found for port 0.

        Raises:
            OSError: the address cannot be had.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        # One at a time: a name may stand for several addresses, and they shall have the same port.
        for address in dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found):
            listening, port = await listen(self._accept, address, port, _BACKLOG)
            self._listening.append(listening)
        return port

    async def close(self, *, within: float) -> None:
        """Accept no more, end every session, and wait for the statements under way.

        Args:
            within: seconds after which statements that still run are ended.
        """
        for listening in self._listening:
            listening.close()
        for connection in list(self._connections.values()):
            connection.shut_down()
        if not await self._are_all_gone(within):
            _log.warning("connections cut", count=len(self._connections))
            for connection in list(self._connections.values()):
                connection.end(Condition.SHUTTING_DOWN)
            await self._are_all_gone(_LAST_WORDS)
        for connection in list(self._connections.values()):
            connection.abort()

    async def _are_all_gone(self, within: float) -> bool:
        """Wait for it, so many seconds."""
        if self._connections:
            self._all_gone.clear()
            try:
                await asyncio.wait_for(self._all_gone.wait(), within)
            except TimeoutError:
                return False
        return True

    def _accept(self) -> Connection:
        process_id = self._next_process_id()
        connection = Connection(
            self._engine,
            BackendKeyData(process_id, os.urandom(4)),
            access=self._access,
            on_cancel=self._cancel,
            on_lost=self._forget,
        )
        self._connections[process_id] = connection
        return connection

    def _next_process_id(self) -> int:
        """A number that no connection has; it plays the part of a backend's process id."""
        while True:
            self._process_id = self._process_id % _MOST_PROCESS_IDS + 1
            if self._process_id not in self._connections:
                return self._process_id

    def _cancel(self, request: CancelRequest) -> None:
        """Cancel what a session waits for. A change that is on its way to the disk is not taken back."""
        connection = self._connections.get(request.process_id)
        if connection is None or not hmac.compare_digest(connection.key.secret_key, request.secret_key):
            _log.warning("wrong key in cancel request", process_id=request.process_id)
        else:
            connection.cancel()

    def _forget(self, connection: Connection) -> None:
        self._connections.pop(connection.key.process_id, None)
        if not self._connections:
            self._all_gone.set()
