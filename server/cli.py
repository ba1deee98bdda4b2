"""The command line: `modeld serve`; the other commands have modules of their own.

Every option may also stand in a TOML file (`--config`) or in the environment as `MODELD_<OPTION>`; the
command line wins over the environment, the environment over the file. Exit codes: 0 drained, 1 failed,
2 wrong usage.

SIGHUP reads certificate, key and client CA again, for connections from then on, and the keys of the secrets.
"""

import asyncio
import ipaddress
import os
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import click
import msgspec
import structlog

from server import quick_loop
from server.access import Access, Method
from server.admission import Admission, Limits
from server.bootstrap import open_engine
from server.budget import DEFAULT_MIB
from server.catalog.seed import PUBLIC_PROJECT
from server.check_commands import backup, check, restore
from server.errors import OdpsError
from server.key_commands import rotate_key
from server.key_file import KEY_FILE
from server.listener import Listener
from server.logs import configure_logs
from server.query.engine import warm_up
from server.retention import DEFAULT_RETENTION, Retention
from server.rotation import Rotation
from server.secrets import SecretsError
from server.store.interface import StoreError
from server.store.sqlite import SqliteStore
from server.tls import TlsError, TlsFiles
from server.transfer_commands import dump, load
from server.upkeep import Upkeep
from server.user_commands import user
from server.users import NobodyCanLogIn, require_password

_log = structlog.get_logger("modeld")

_FAILED = 1
_TURN = 0.0005
_FRAMES = 20_000
_LIMITS = Limits()
_FILE = click.Path(dir_okay=False, path_type=Path)


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
            "max_connections": str(self.max_connections),
            "modeld.history_days": str(self.history_days),
            "modeld.recycle_days": str(self.recycle_days),
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


def _read_config(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    if value is not None:
        try:
            settings = tomllib.loads(value.read_text(encoding="utf-8"))
        except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise click.BadParameter(f"cannot read {value}: {error}") from error
        known = {each.name for each in context.command.params}
        unknown = sorted(name for name in settings if name.replace("-", "_") not in known)
        if unknown:
            raise click.BadParameter(f"{value} has unknown options: {', '.join(unknown)}")
        # As text, as on the command line: a list or a date is then an invalid value like any other.
        context.default_map = {name.replace("-", "_"): str(setting) for name, setting in settings.items()}
    return value


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_name(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if not value or "\0" in value:
        raise click.BadParameter("a name is needed")
    if value.lower() == PUBLIC_PROJECT:
        raise click.BadParameter(f"{PUBLIC_PROJECT} is the project of the public models")
    return value


@click.group()
@click.version_option(package_name="modeld", prog_name="modeld")
def main() -> None:
    """A model registry that speaks PostgreSQL."""


for _command in (user, dump, load, rotate_key, check, backup, restore):
    main.add_command(_command)


@main.command()
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="MODELD_CONFIG",
    callback=_read_config,
    is_eager=True,
    expose_value=False,
    help="A TOML file with any of these options.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    envvar="MODELD_HOST",
    help="The address to listen on; only a loopback address without passwords.",
)
@click.option(
    "--port",
    default=7432,
    show_default=True,
    type=click.IntRange(0, 65535),
    envvar="MODELD_PORT",
    help="The port; 0 finds a free one.",
)
@click.option(
    "--data",
    default="modeld-data",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    envvar="MODELD_DATA",
    help="The data folder; made when it is missing.",
)
@click.option(
    "--project",
    default="modeld",
    show_default=True,
    envvar="MODELD_PROJECT",
    callback=_check_name,
    help="The project of a new data folder.",
)
@click.option(
    "--owner",
    default="modeld",
    show_default=True,
    envvar="MODELD_OWNER",
    callback=_check_name,
    help="The owner of a new data folder.",
)
@click.option(
    "--auth",
    default=Method.TRUST.value,
    show_default=True,
    type=click.Choice([method.value for method in Method]),
    envvar="MODELD_AUTH",
    help="How clients show who they are.",
)
@click.option("--tls-cert", type=_FILE, envvar="MODELD_TLS_CERT", help="The certificate with its chain, PEM.")
@click.option("--tls-key", type=_FILE, envvar="MODELD_TLS_KEY", help="The certificate's key, PEM, not encrypted.")
@click.option(
    "--tls-client-ca",
    type=_FILE,
    envvar="MODELD_TLS_CLIENT_CA",
    help="CAs, PEM: clients must show a certificate of theirs, whose common name is the user.",
)
@click.option(
    "--tls-required", is_flag=True, envvar="MODELD_TLS_REQUIRED", help="Refuse connections that are not encrypted."
)
@click.option(
    "--max-connections",
    default=_LIMITS.sessions,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_CONNECTIONS",
    help="How many clients may be logged in at once.",
)
@click.option(
    "--max-connections-per-user",
    default=_LIMITS.sessions_per_user,
    show_default=True,
    type=click.IntRange(0),
    envvar="MODELD_MAX_CONNECTIONS_PER_USER",
    help="How many of them may be the same user; 0 for no limit of its own.",
)
@click.option(
    "--max-unauthenticated",
    default=_LIMITS.logins,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_UNAUTHENTICATED",
    help="How many clients may be connected that have not logged in.",
)
@click.option(
    "--login-timeout",
    default=_LIMITS.login_timeout,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    envvar="MODELD_LOGIN_TIMEOUT",
    help="Seconds within which a client has to log in.",
)
@click.option(
    "--login-pause",
    default=_LIMITS.longest_pause,
    show_default=True,
    type=click.FloatRange(0),
    envvar="MODELD_LOGIN_PAUSE",
    help="The most seconds that a login waits for failures of the same address and user before.",
)
@click.option(
    "--max-query-memory",
    default=DEFAULT_MIB,
    show_default=True,
    type=click.IntRange(1),
    envvar="MODELD_MAX_QUERY_MEMORY",
    help="MiB that all SELECTs may hold together.",
)
@click.option(
    "--drain-timeout",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    envvar="MODELD_DRAIN_TIMEOUT",
    help="Seconds that running statements get when the server stops.",
)
@click.option(
    "--history-days",
    default=DEFAULT_RETENTION.history_days,
    show_default=True,
    type=click.IntRange(0, 36500),
    envvar="MODELD_HISTORY_DAYS",
    help="For how many days the history of changes is kept; 0 for ever.",
)
@click.option(
    "--recycle-days",
    default=DEFAULT_RETENTION.recycle_days,
    show_default=True,
    type=click.IntRange(0, 36500),
    envvar="MODELD_RECYCLE_DAYS",
    help="For how many days a dropped model can be brought back; 0 for not at all.",
)
@click.option(
    "--log-level",
    default="info",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
    envvar="MODELD_LOG_LEVEL",
    help="The least severe log line that is written.",
)
def serve(**options: object) -> None:
    """Serve a data folder until SIGTERM or SIGINT."""
    # Click has converted and checked every option to the type that its field has.
    settings = msgspec.convert(options, ServeOptions)
    settings.check()
    configure_logs(settings.log_level)
    try:
        with asyncio.Runner(loop_factory=quick_loop.make_loop) as runner:
            runner.run(_serve(settings))
    except (StoreError, SecretsError, TlsError, NobodyCanLogIn, OdpsError, OSError) as error:
        _log.error("cannot serve", reason=str(error))
        sys.exit(_FAILED)


async def _serve(settings: ServeOptions) -> None:
    # A SELECT in a thread lets the loop have its turn after this many seconds; the usual 5 ms would be felt by others.
    sys.setswitchinterval(_TURN)
    # Binder and evaluator call themselves for each level of a statement; the reader limits the levels.
    sys.setrecursionlimit(_FRAMES)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    admission = Admission(settings.limits, time.monotonic)
    access = Access(settings.auth, settings.tls_files, settings.tls_required, admission)
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
        rotation = Rotation(engine, None if "MODELD_SECRET_KEY" in os.environ else settings.data / KEY_FILE)
        reloads.append(rotation.reload)
        if access.method is Method.SCRAM:
            require_password(engine.committer.catalog)
        listener = Listener(engine, access)
        engine.settings.update(settings.parameters)
        engine.memory.allow(settings.max_query_memory)
        port = await listener.open(settings.host, settings.port)
        engine.settings["port"] = str(port)
        engine.workers.prepare(warm_up)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        click.echo(f"modeld ready: postgresql://{host}:{port}")
        _log.info("serving", data=str(settings.data.resolve()), revision=engine.committer.catalog.revision)
        # Not only begun: somebody may have asked for it before there was anybody to hear.
        rotation.reload()
        upkeep = asyncio.create_task(Upkeep(engine, engine.clock).run(), name="upkeep")
        await stop.wait()
        _log.info("draining")
        upkeep.cancel()
        await listener.close(within=settings.drain_timeout)
        await rotation.stop()
        await engine.workers.close()
        await asyncio.wait([upkeep])
        await engine.committer.close()
    finally:
        await store.close()
    _log.info("stopped")


def _call_all(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()
