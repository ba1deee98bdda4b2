"""What `modeld serve` does: open, listen, wait, drain, close.

SIGHUP reads certificate, key and client CA again, for connections from then on, and the keys of the secrets. Where a
service manager has set NOTIFY_SOCKET it is told when the server is ready, and when it drains.
"""

import asyncio
import gc
import ipaddress
import os
import signal
import socket
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import click
import structlog

from server.access import Access, Method
from server.admission import Admission, Limits
from server.bootstrap import open_engine
from server.executor import Engine
from server.faults import log_faults
from server.key_file import KEY_FILE
from server.listener import Listener
from server.logs import LogFormat
from server.query.engine import warm_up
from server.retention import Retention
from server.rotation import Rotation
from server.store.sqlite import SqliteStore
from server.tls import TlsFiles
from server.upkeep import Upkeep
from server.users import require_password

_log = structlog.get_logger("modeld")

_TURN = 0.0005
# Objects made and not yet freed before the collector looks at the young ones, and how often it then looks at the
# others. Next to nothing here is in a cycle; the usual 700 cost a statement that waits a tenth of its processor time.
_YOUNG = (10_000, 20, 20)
_FRAMES = 20_000


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What `modeld serve` was told; see its help."""

    host: str
    port: int
    data: Path
    project: str
    owner: str
    auth: Method
    tls_cert: Path | None
    tls_key: Path | None
    tls_client_ca: Path | None
    tls_required: bool
    max_connections: int
    max_connections_per_user: int
    max_unauthenticated: int
    login_timeout: float
    login_pause: float
    max_query_memory: int
    drain_timeout: float
    history_days: int
    recycle_days: int
    log_level: str
    log_format: LogFormat
    log_connections: bool
    log_min_duration: int
    http_host: str
    http_port: int | None

    def check(self) -> None:
        """What no option can say of itself.

        Raises:
            click.UsageError: the options do not go together.
        """
        if self.auth is Method.TRUST and not _is_loopback(self.host):
            raise click.UsageError(
                f"{self.host} is not a loopback address, and --auth trust is refused on any other: whoever can "
                "reach the port may log in. Use --auth scram-sha-256."
            )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise click.UsageError("--tls-cert and --tls-key go together")
        if self.tls_cert is None and (self.tls_client_ca is not None or self.tls_required):
            raise click.UsageError("--tls-client-ca and --tls-required need --tls-cert")

    @property
    def tls_files(self) -> TlsFiles | None:
        if self.tls_cert is None or self.tls_key is None:
            return None
        return TlsFiles(self.tls_cert, self.tls_key, self.tls_client_ca)

    @property
    def parameters(self) -> dict[str, str]:
        """The run-time parameters that these options set, as SHOW shows them."""
        return {
            "listen_addresses": self.host,
            "log_min_duration_statement": f"{self.log_min_duration}ms"
            if self.log_min_duration > 0
            else str(self.log_min_duration),
            "max_connections": str(self.max_connections),
            "modeld.history_days": str(self.history_days),
            "modeld.recycle_days": str(self.recycle_days),
            "superuser_reserved_connections": "0",
            "ssl": "off" if self.tls_cert is None else "on",
        }

    @property
    def limits(self) -> Limits:
        return Limits(
            sessions=self.max_connections,
            sessions_per_user=self.max_connections_per_user,
            logins=self.max_unauthenticated,
            login_timeout=self.login_timeout,
            longest_pause=self.login_pause,
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def run_server(settings: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        StoreError, SecretsError, TlsError, NobodyCanLogIn, OdpsError, OSError: it cannot.
    """
    # A SELECT in a thread lets the loop have its turn after this many seconds; the usual 5 ms would be felt by others.
    sys.setswitchinterval(_TURN)
    gc.set_threshold(*_YOUNG)
    # Binder and evaluator call themselves for each level of a statement; the reader limits the levels.
    sys.setrecursionlimit(_FRAMES)
    log_faults(asyncio.get_running_loop())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    admission = Admission(settings.limits, time.monotonic)
    access = Access(settings.auth, settings.tls_files, settings.tls_required, settings.log_connections, admission)
    # From before the folder is locked: the signal would end a process that does not wait for it.
    reloads = [access.reload]
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, _call_all, reloads)
    store = SqliteStore(settings.data)
    try:
        engine = await open_engine(
            store,
            settings.data,
            project=settings.project,
            owner=settings.owner,
            environment_key=os.environ.get("MODELD_SECRET_KEY"),
            # Taken out, so that nothing started from here inherits it.
            owner_password=os.environ.pop("MODELD_OWNER_PASSWORD", None),
            retention=Retention(settings.history_days, settings.recycle_days),
        )
        await _serve(settings, engine, access, reloads, stop)
    finally:
        await store.close()
    _log.info("stopped")


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
    close_monitoring = await _open_monitoring(settings, engine, access.admission, stop)
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
    settings: ServeOptions, engine: Engine, admission: Admission, stop: asyncio.Event
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
        if admission.is_full:
            return "all connections are taken"
        failure = engine.committer.store.failure
        return None if failure is None else f"changes are refused until a restart: {failure}"

    metrics = Metrics(engine, admission, settings.data)
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


def _call_all(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()
