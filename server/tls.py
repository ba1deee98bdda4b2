"""TLS between the transport and the conversation: ciphertext in, plaintext out, and back, without I/O.

`load_certificates` reads the files once and gives a frozen value that connections hold while it may be
replaced for later ones; `TlsChannel` is one conversation's TLS, over memory buffers. asyncio's own TLS
cannot take bytes that have already been received, as after an SSLRequest, and would put a second
protocol between every packet and us.

TLS 1.2 and newer, no renegotiation, no compression, no resumption: a resumed session would bring back the
client certificate of an earlier handshake, which may since have been withdrawn.

Source: PostgreSQL manual, "Secure TCP/IP Connections with SSL" and "SSL Session Encryption"; RFC 5929,
section 4, for the end point.
"""

import os
import ssl
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Self

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from server.activity import Encryption

# The first byte of a TLS handshake; no startup packet is long enough to begin with it.
HANDSHAKE_BYTE: Final = 0x16
# PostgreSQL's name in the IANA registry of application protocols.
ALPN: Final = "postgresql"

_READ_SIZE: Final = 64 * 1024
# The most plaintext that one record holds. Source: RFC 8446, section 5.1.
_RECORD_SIZE: Final = 16 * 1024
_WEAK_HASHES: Final = (hashes.MD5, hashes.SHA1)


class TlsError(Exception):
    """Files that cannot be used, or a peer that does not speak TLS as we do. The text names no secret."""


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where the certificate (with its chain), its key and the certificates of client CAs are, all as PEM."""

    certificate: Path
    key: Path
    client_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class Certificates:
    """What the files held.

    Attributes:
        end_point: the hash of our certificate, for the channel binding `tls-server-end-point`; None where
            its signature knows no hash (Ed25519), so that the binding is not defined.
        asks_client: whether clients have to show a certificate of theirs.
        valid_from, valid_until: of ours.
    """

    context: ssl.SSLContext
    end_point: bytes | None
    asks_client: bool
    valid_from: datetime
    valid_until: datetime

    @classmethod
    def load(cls, files: TlsFiles) -> Self:
        """Read the files and check that they belong together.

        Raises:
            TlsError: one of them cannot be used; the text says which and why.
        """
        _check_key_mode(files.key)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_NO_TICKET
        context.num_tickets = 0
        context.set_alpn_protocols([ALPN])
        try:
            # The empty password makes an encrypted key an error instead of a question on the terminal.
            context.load_cert_chain(files.certificate, files.key, password="")
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            reason = _explain(files) or _reason(error)
            raise TlsError(f"{files.certificate} with key {files.key}: {reason}") from error
        if files.client_ca is not None:
            try:
                context.load_verify_locations(files.client_ca)
            except (OSError, ValueError) as error:
                raise TlsError(f"{files.client_ca}: {_reason(error)}") from error
            # Whoever shows none gets as far as an error that says so.
            context.verify_mode = ssl.CERT_OPTIONAL
        leaf = x509.load_pem_x509_certificates(files.certificate.read_bytes())[0]
        valid = leaf.not_valid_before_utc, leaf.not_valid_after_utc
        return cls(context, _end_point(leaf), files.client_ca is not None, *valid)


class TlsChannel:
    """One conversation's TLS.

    Args:
        direct: the client began with the handshake, without an SSLRequest; then it must ask for ALPN.
    """

    def __init__(self, certificates: Certificates, *, direct: bool) -> None:
        self.certificates = certificates
        self.established = False
        # The client said that it sends no more.
        self.ended = False
        self._direct = direct
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = certificates.context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def receive(self, data: bytes | memoryview) -> bytes:
        """Take ciphertext and give the plaintext in it, if any. `unsent` may have grown by it.

        Raises:
            TlsError: not TLS, or not as we want it. What `unsent` then holds tells the client.
        """
        self._incoming.write(data)
        try:
            if not self.established:
                self._tls.do_handshake()
                self._check_alpn()
                self.established = True
            return self._read()
        except ssl.SSLWantReadError:
            return b""
        except ssl.SSLError as error:
            raise TlsError(_reason(error)) from error

    def encrypt(self, data: bytes) -> bytes:
        """The ciphertext of plaintext to send, in order with what is unsent; only once established.

        Raises:
            TlsError: the channel has been torn down.
        """
        records: list[bytes] = []
        try:
            for start in range(0, len(data), _RECORD_SIZE):
                self._tls.write(data[start : start + _RECORD_SIZE])
                # One by one, since the buffer keeps the size that it once had for as long as the client stays.
                records.append(self._outgoing.read())
        except ssl.SSLError as error:
            raise TlsError(_reason(error)) from error
        return b"".join(records)

    def unsent(self) -> bytes:
        """What TLS itself has to say to the client: its part of the handshake, alerts, key updates."""
        return self._outgoing.read()

    def close(self) -> bytes:
        """The closing alert, by which the client knows that nothing was cut off."""
        with suppress(ssl.SSLError):  # the client's own alert is not waited for
            self._tls.unwrap()
        return self._outgoing.read()

    def client_names(self) -> tuple[str, ...] | None:
        """The common names in the client's verified certificate, None when it showed none."""
        certificate = self._tls.getpeercert()
        if not certificate:
            return None
        # Typeshed leaves the shape open: subject is a tuple of RDNs, each a tuple of (name, value).
        subject: tuple[tuple[tuple[str, str], ...], ...] = certificate["subject"]  # type: ignore[assignment]
        return tuple(value for names in subject for name, value in names if name == "commonName")

    def describe(self) -> Encryption:
        """What was settled on; only once established."""
        name, version, bits = self._tls.cipher() or ("", "", 0)
        names = self.client_names()
        return Encryption(self._tls.version() or version, name, bits, names[0] if names else None)

    def _read(self) -> bytes:
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(_READ_SIZE):
                pieces.append(piece)
            self.ended = True  # nothing, instead of an error, stands for the client's closing alert
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:  # the same, when we have said ours
            self.ended = True
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _check_alpn(self) -> None:
        if self._direct and self._tls.selected_alpn_protocol() != ALPN:
            raise TlsError("direct TLS connection without the application protocol postgresql")


def _end_point(leaf: x509.Certificate) -> bytes | None:
    """RFC 5929, 4.1: the certificate hashed with its signature's hash, SHA-256 in place of MD5 and SHA-1."""
    try:
        algorithm = leaf.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return None
    if algorithm is None:
        return None
    return leaf.fingerprint(hashes.SHA256() if isinstance(algorithm, _WEAK_HASHES) else algorithm)


def _explain(files: TlsFiles) -> str:
    """What OpenSSL has no words for."""
    with suppress(OSError):
        if b"ENCRYPTED" in files.key.read_bytes():
            return "the key is encrypted, and nobody is there to give its password"
        if b"-----BEGIN CERTIFICATE-----" not in files.certificate.read_bytes():
            return "the first holds no certificate in PEM"
        if b"PRIVATE KEY-----" not in files.key.read_bytes():
            return "the second holds no private key in PEM"
    return ""


def _check_key_mode(key: Path) -> None:
    """As PostgreSQL: ours and for us alone, or root's and readable by our group at most."""
    try:
        status = key.stat()
    except OSError as error:
        raise TlsError(f"{key}: {_reason(error)}") from error
    if not stat.S_ISREG(status.st_mode):
        raise TlsError(f"private key file {key} is not a regular file")
    if status.st_uid not in (os.geteuid(), 0):
        raise TlsError(f"private key file {key} must be owned by the user of the server or by root")
    forbidden = 0o077 if status.st_uid == os.geteuid() else 0o037
    if status.st_mode & forbidden:
        raise TlsError(f"private key file {key} has group or world access (mode {stat.S_IMODE(status.st_mode):04o})")


def _reason(error: Exception) -> str:
    """What went wrong in words, without OpenSSL's file names and line numbers."""
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not usable").replace("_", " ").lower()
    return getattr(error, "strerror", None) or str(error)
