"""The options of `modeld serve`, checked; little is imported for them, since a server begins with them."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

import click

from server.admission import Limits, Method
from server.logs import LogFormat


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
