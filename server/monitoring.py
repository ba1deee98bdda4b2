"""A small HTTP server for those who watch: `/metrics`, `/health`, `/ready`. Off unless a port is named.

- `/health` answers 200 as long as the event loop turns.
- `/ready` answers 200 when clients can log in and change the catalog, else 503 and why.
- `/metrics` is for Prometheus.

It tells no secret and no statement, and takes no order, so it asks nobody who they are. No request can hold it up:
each has a few seconds and a few kilobytes, there is a limit of how many there may be at once, and each connection is
good for one. It is no more of HTTP/1.1 than that needs.

Source: RFC 9112.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from server.meter import Histogram
from server.metrics import Metrics

_MOST_CONNECTIONS: Final = 16
_LONGEST_HEAD: Final = 8192  # bytes
_PATIENCE: Final = 5.0
_LAG_INTERVAL: Final = 0.1  # seconds
_TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: HTTPStatus
    body: bytes
    content_type: str = _TEXT

    def encode(self, *, with_body: bool) -> bytes:
        head = (
            f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\nContent-Type: {self.content_type}\r\n"
            f"Content-Length: {len(self.body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
        )
        return head.encode() + (self.body if with_body else b"")


class Monitoring:
    """The HTTP server.

    Args:
        why_not_ready: None when the server is ready, else the reason in a few words.
        lags: where it counts how late the loop is.
        patience: seconds for all of a request and its answer.
    """

    def __init__(
        self,
        metrics: Metrics,
        why_not_ready: Callable[[], str | None],
        lags: Histogram,
        *,
        patience: float = _PATIENCE,
    ) -> None:
        self._patience = patience
        self._metrics = metrics
        self._why_not_ready = why_not_ready
        self._lags = lags
        self._requests: set[asyncio.Task[None]] = set()
        # Rendering happens in a thread; one at a time is enough.
        self._rendering = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._watch: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> int:
        """Listen, and return the port: the given one, or the one found for port 0.

        Raises:
            OSError: the address cannot be had.
        """
        self._server = await asyncio.start_server(self._accept, host, port, limit=_LONGEST_HEAD)
        self._watch = asyncio.create_task(self._watch_lag(), name="loop lag")
        found: int = self._server.sockets[0].getsockname()[1]
        return found

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        tasks = [*self._requests, *([] if self._watch is None else [self._watch])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._requests) >= _MOST_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.create_task(self._serve(reader, writer), name="monitoring")
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._read_and_answer(reader)
                writer.write(answer)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError, asyncio.IncompleteReadError):
            pass  # too slow, or gone
        finally:
            writer.transport.abort()

    async def _read_and_answer(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.LimitOverrunError:
            return _Answer(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, b"").encode(with_body=True)
        first, *rest = head.split("\r\n")
        match first.split(" "):
            case ["GET" | "HEAD" as method, target, version] if version.startswith("HTTP/1."):
                answer = await self._find(target.partition("?")[0], _accept(rest))
                return answer.encode(with_body=method == "GET")
            case [_, _, version] if version.startswith("HTTP/1."):
                return _Answer(HTTPStatus.METHOD_NOT_ALLOWED, b"only GET and HEAD\n").encode(with_body=True)
            case _:
                return _Answer(HTTPStatus.BAD_REQUEST, b"not HTTP/1.1\n").encode(with_body=True)

    async def _find(self, path: str, accept: str) -> _Answer:
        match path:
            case "/health":
                return _Answer(HTTPStatus.OK, b"alive\n")
            case "/ready":
                reason = self._why_not_ready()
                if reason is None:
                    return _Answer(HTTPStatus.OK, b"ready\n")
                return _Answer(HTTPStatus.SERVICE_UNAVAILABLE, f"not ready: {reason}\n".encode())
            case "/metrics":
                async with self._rendering:
                    body, content_type = await asyncio.to_thread(self._metrics.render, accept)
                return _Answer(HTTPStatus.OK, body, content_type)
            case _:
                return _Answer(HTTPStatus.NOT_FOUND, b"there are /metrics, /health and /ready\n")

    async def _watch_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _LAG_INTERVAL
            await asyncio.sleep(_LAG_INTERVAL)
            self._lags.add(max(loop.time() - due, 0.0))


def _accept(fields: list[str]) -> str:
    for line in fields:
        name, _, value = line.partition(":")
        if name.strip().lower() == "accept":
            return value.strip()
    return ""
