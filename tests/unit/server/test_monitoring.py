"""The HTTP side of monitoring: what is asked, what is answered, and that nobody can hold it up."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from server.access import Access
from server.admission import Admission, Limits
from server.engine import Engine
from server.metrics import Metrics
from server.monitoring import Monitoring
from tests.certificates import Authority
from tests.wire.peers import make_engine


class Watched:
    """A monitoring server whose reason not to be ready can be set."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.reason: str | None = None
        metrics = Metrics(engine, Access(admission=Admission(Limits(), lambda: 0.0)), folder)
        self.server = Monitoring(metrics, lambda: self.reason, engine.meter.lags, patience=0.5)
        self.port = 0

    async def ask(self, request: bytes) -> tuple[str, str]:
        """The status line and the body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = (await asyncio.wait_for(reader.read(), 10)).decode()
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return head.partition("\r\n")[0].removeprefix("HTTP/1.1 "), body

    async def get(self, path: str) -> tuple[str, str]:
        return await self.ask(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    watched = Watched(await make_engine(tmp_path), tmp_path)
    watched.port = await watched.server.open("127.0.0.1", 0)
    yield watched
    await watched.server.close()


async def test_who_asks_is_told(watched: Watched) -> None:
    assert await watched.get("/health") == ("200 OK", "alive\n")
    assert await watched.get("/ready?probe=1") == ("200 OK", "ready\n")
    assert (await watched.get("/"))[0] == "404 Not Found"


async def test_a_server_that_is_not_ready_says_why(watched: Watched) -> None:
    watched.reason = "draining"

    assert await watched.get("/ready") == ("503 Service Unavailable", "not ready: draining\n")
    assert (await watched.get("/health"))[0] == "200 OK"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"POST /health HTTP/1.1\r\nHost: x\r\n\r\n", "405 Method Not Allowed"),
        (b"GET /health HTTP/2\r\n\r\n", "400 Bad Request"),
        (b"nonsense\r\n\r\n", "400 Bad Request"),
        (b"\0\xff\r\n\r\n", "400 Bad Request"),
        (b"GET /health HTTP/1.1\r\nX: " + b"x" * 9000, "431 Request Header Fields Too Large"),
    ],
)
async def test_what_is_no_request_is_refused(watched: Watched, request_bytes: bytes, status: str) -> None:
    assert (await watched.ask(request_bytes))[0] == status


async def test_head_is_get_without_a_body(watched: Watched) -> None:
    assert await watched.ask(b"HEAD /health HTTP/1.1\r\n\r\n") == ("200 OK", "")


async def test_who_does_not_finish_is_let_go(watched: Watched) -> None:
    assert await watched.ask(b"GET /health") == ("", "")


async def test_a_crowd_that_says_nothing_holds_up_nobody_for_long(watched: Watched) -> None:
    silent = [await asyncio.open_connection("127.0.0.1", watched.port) for _ in range(40)]

    with suppress(ConnectionError):
        assert await watched.get("/health") == ("", "")
    assert await asyncio.wait_for(silent[0][0].read(), 10) == b""
    for _, writer in silent:
        writer.close()
    assert (await watched.get("/health"))[0] == "200 OK"


async def test_metrics_are_what_prometheus_reads(watched: Watched) -> None:
    status, body = await watched.get("/metrics")

    families = {family.name: family for family in text_string_to_metric_families(body)}
    assert status == "200 OK"
    assert families["modeld_revision"].samples[0].value == 1
    objects = {sample.labels["kind"]: sample.value for sample in families["modeld_catalog_objects"].samples}
    assert objects == {"projects": 2, "schemas": 2, "models": 10, "users": 1}
    assert families["modeld_accepts_changes"].samples[0].value == 1
    assert families["process_open_fds"].samples[0].value > 0


async def test_openmetrics_is_written_for_who_asks_for_it(watched: Watched) -> None:
    request = b"GET /metrics HTTP/1.1\r\nAccept: application/openmetrics-text; version=1.0.0\r\n\r\n"

    assert (await watched.ask(request))[1].endswith("# EOF\n")


async def test_the_lag_of_the_loop_is_counted(watched: Watched) -> None:
    await asyncio.sleep(0.35)

    _, body = await watched.get("/metrics")

    assert 'modeld_loop_lag_seconds_bucket{le="+Inf"} 0' not in body


async def test_when_the_certificate_ends_is_among_the_numbers(tmp_path: Path) -> None:
    engine = await make_engine(tmp_path)
    files = Authority(tmp_path / "authority").server(lasts=timedelta(days=10))

    text, _ = Metrics(engine, Access(tls_files=files), tmp_path).render("")

    [family] = [each for each in text_string_to_metric_families(text.decode()) if "certificate" in each.name]
    assert family.name == "modeld_certificate_expiry_timestamp_seconds"
    assert 9 * 86_400 < family.samples[0].value - time.time() <= 10 * 86_400
