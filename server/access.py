"""What every connection of a listener shares about who gets in: the method, TLS, limits."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from server.admission import Admission, Limits, Method
from server.tls import Certificates, TlsError, TlsFiles

_log = structlog.get_logger("modeld")


@dataclass(slots=True)
class Access:
    """The rules of the door.

    Attributes:
        tls_files: what `certificates` are read from; None: no TLS.
        tls_required: clear connections are refused. They are too when clients have to show certificates.
        logs_connections: a line is logged for each client that logs in, and for its end.
        certificates: for connections from now on; those that there are keep theirs.
    """

    method: Method = Method.TRUST
    tls_files: TlsFiles | None = None
    tls_required: bool = False
    logs_connections: bool = False
    admission: Admission = field(default_factory=lambda: Admission(Limits(), time.monotonic))
    certificates: Certificates | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Read the files.

        Raises:
            TlsError: they cannot be used.
        """
        if self.tls_files is not None:
            self.certificates = _load(self.tls_files)

    def reload(self) -> None:
        """Read the files again. When they cannot be used, what was read before stays in use."""
        if self.tls_files is None:
            _log.info("nothing to reload")
            return
        try:
            self.certificates = _load(self.tls_files)
        except TlsError as error:
            _log.error("certificates not reloaded", reason=str(error))
        else:
            _log.info("certificates reloaded", certificate=str(self.tls_files.certificate))


def _load(files: TlsFiles) -> Certificates:
    """Read the files; a certificate that is not valid is used, as PostgreSQL does, but said of.

    Raises:
        TlsError
    """
    certificates = Certificates.load(files)
    since, until = certificates.valid_from, certificates.valid_until
    if not since <= datetime.now(UTC) <= until:
        validity = {"valid_from": since.isoformat(), "valid_until": until.isoformat()}
        _log.warning("certificate not valid", certificate=str(files.certificate), **validity)
    return certificates
