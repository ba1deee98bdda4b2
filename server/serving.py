"""What `modeld serve` does once it has begun (`server/starting.py`): load, listen, wait, drain.

SIGHUP reads certificate, key and client CA again, for connections from then on, and the keys of the secrets. Where a
service manager has set NOTIFY_SOCKET it is told when the server is ready, and when it drains.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Final, TypeVar

import click
import structlog

from server.access import Access
from server.admission import Admission, Method
from server.bootstrap import open_engine
from server.engine import Engine
from server.errors import OdpsError
from server.key_file import KEY_FILE
from server.listener import Listener
from server.options import ServeOptions
from server.query.engine import warm_up
from server.retention import Retention
from server.rotation import Rotation
from server.secrets import SecretsError
from server.store.interface import Store, StoreError
from server.tls import TlsError, TlsFiles
from server.upkeep import Upkeep
from server.users import NobodyCanLogIn, require_password

_log = structlog.get_logger("modeld")

_FRAMES = 20_000
_T = TypeVar("_T")

REFUSALS: Final = (StoreError, SecretsError, TlsError, NobodyCanLogIn, OdpsError, OSError)
"""Why a server does not start; what they say is for its operator."""


async def run_server(
    settings: ServeOptions,
    store: Store,
    opening: Awaitable[None] | None,
    reloads: list[Callable[[], None]],
    stop: asyncio.Event,
) -> None:
    """Serve until `stop`.

    Args:
        store: is closed by the caller.
        opening: of the store, where it has begun already.
        reloads: what SIGHUP calls.

    Raises:
        one of `REFUSALS`: it cannot.
    """
    # Binder and evaluator call themselves for each level of a statement; the reader limits the levels.
    sys.setrecursionlimit(_FRAMES)
    admission = Admission(settings.limits, time.monotonic)
    access = Access(settings.auth, _tls_files(settings), settings.tls_required, settings.log_connections, admission)
    reloads.append(access.reload)
    opening_engine = open_engine(
        store,
        settings.data,
        opening=opening,
        project=settings.project,
        owner=settings.owner,
        environment_key=os.environ.get("MODELD_SECRET_KEY"),
        # Taken out, so that nothing started from here inherits it.
        owner_password=os.environ.pop("MODELD_OWNER_PASSWORD", None),
        retention=Retention(settings.history_days, settings.recycle_days),
    )
    engine = await _unless(stop, opening_engine)
    if engine is None:
        _log.info("stopped before it was ready")
    else:
        if store.upgrade:
            _log.warning("catalog upgraded", reason=store.upgrade)
        await _serve(settings, engine, access, reloads, stop)


async def _unless(stop: asyncio.Event, work: Coroutine[object, object, _T]) -> _T | None:
    """The result of the work; None if `stop` is set by then, and the work has been given up."""
    working, stopping = asyncio.create_task(work), asyncio.create_task(stop.wait())
    await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not stop.is_set():
        return working.result()
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    return None


def _tls_files(settings: ServeOptions) -> TlsFiles | None:
    if settings.tls_cert is None or settings.tls_key is None:
        return None
    return TlsFiles(settings.tls_cert, settings.tls_key, settings.tls_client_ca)


async def _serve(
    settings: ServeOptions, engine: Engine, access: Access, reloads: list[Callable[[], None]], stop: asyncio.Event
) -> None:
    rotation = Rotation(engine, None if "MODELD_SECRET_KEY" in os.environ else settings.data / KEY_FILE)
    reloads.append(rotation.reload)
    if access.method is Method.SCRAM:
        require_password(engine.committer.catalog)
    listener = Listener(engine, access)
    engine.settings.update(settings.parameters)
    engine.memory.allow(settings.max_query_memory)
    if settings.log_min_duration == 0:
        engine.answers.keep_none()
    port = await listener.open(settings.host, settings.port)
    engine.settings["port"] = str(port)
    engine.workers.prepare(warm_up)
    close_monitoring = await _open_monitoring(settings, engine, access, stop)
    if not stop.is_set():
        click.echo(f"modeld ready: postgresql://{_bracketed(settings.host)}:{port}")
        _tell_service_manager("READY=1")
        _log.info("serving", data=str(settings.data.resolve()), revision=engine.committer.catalog.revision)
    # Not only begun: somebody may have asked for it before there was anybody to hear.
    rotation.reload()
    upkeep = asyncio.create_task(Upkeep(engine, engine.clock).run(), name="upkeep")
    await stop.wait()
    _log.info("draining")
    _tell_service_manager("STOPPING=1")
    upkeep.cancel()
    await listener.close(within=settings.drain_timeout)
    await rotation.stop()
    await engine.workers.close()
    await asyncio.wait([upkeep])
    await engine.committer.close()
    await close_monitoring()


async def _open_monitoring(
    settings: ServeOptions, engine: Engine, access: Access, stop: asyncio.Event
) -> Callable[[], Awaitable[None]]:
    """Answer on the HTTP port, if there is to be one; returns what ends that."""
    if settings.http_port is None:
        return _nothing
    # Only here: its library takes some megabytes and a tenth of a second.
    from server.metrics import Metrics
    from server.monitoring import Monitoring

    def why_not_ready() -> str | None:
        if stop.is_set():
            return "draining"
        if access.admission.is_full:
            return "all connections are taken"
        failure = engine.committer.store.failure
        return None if failure is None else f"changes are refused until a restart: {failure}"

    metrics = Metrics(engine, access, settings.data)
    monitoring = Monitoring(metrics, why_not_ready, engine.meter.lags)
    port = await monitoring.open(settings.http_host, settings.http_port)
    _log.info("monitoring", address=f"http://{_bracketed(settings.http_host)}:{port}")
    return monitoring.close


async def _nothing() -> None:
    """What there is to close when nothing was opened."""


def _tell_service_manager(state: str) -> None:
    """Source: sd_notify(3): one datagram to the socket in NOTIFY_SOCKET, whose name may be an abstract one."""
    name = os.environ.get("NOTIFY_SOCKET", "")
    if not name:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifying:
        try:
            notifying.sendto(state.encode(), "\0" + name[1:] if name.startswith("@") else name)
        except OSError as error:
            _log.warning("service manager not told", state=state, reason=str(error))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
