"""Certificates of the tests' own: a CA, and what it signs, as PEM files."""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from server.tls import TlsFiles

_DAY = datetime.timedelta(days=1)
_Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


class Authority:
    """A CA in a folder; its certificate is the file `ca.pem`.

    Args:
        ed25519_key: sign with Ed25519, whose signatures know no hash.
    """

    def __init__(self, folder: Path, *, ed25519_key: bool = False) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._key: _Key = (
            ed25519.Ed25519PrivateKey.generate() if ed25519_key else ec.generate_private_key(ec.SECP256R1())
        )
        self._name = _name("test CA")
        self.certificate = folder / "ca.pem"
        authority = self._builder("test CA", self._key).add_extension(x509.BasicConstraints(True, None), critical=True)
        usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
        self.certificate.write_bytes(self._sign(authority.add_extension(usage, critical=True)))

    def server(self, name: str = "server", *, lasts: datetime.timedelta = _DAY) -> TlsFiles:
        """A certificate for localhost, in files of this name, that is valid for so long from now on."""
        names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        host = x509.SubjectAlternativeName(names)
        return self._issue(name, "localhost", ExtendedKeyUsageOID.SERVER_AUTH, host, lasts)

    def client(self, user: str) -> TlsFiles:
        """A certificate whose common name is the user."""
        return self._issue(user, user, ExtendedKeyUsageOID.CLIENT_AUTH, None)

    def _issue(
        self,
        file: str,
        name: str,
        purpose: x509.ObjectIdentifier,
        names: x509.SubjectAlternativeName | None,
        lasts: datetime.timedelta = _DAY,
    ) -> TlsFiles:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(name, key, lasts).add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if names is not None:
            builder = builder.add_extension(names, critical=False)
        files = TlsFiles(self._folder / f"{file}.pem", self._folder / f"{file}.key")
        files.certificate.write_bytes(self._sign(builder))
        files.key.touch(mode=0o600)
        files.key.write_bytes(_pem(key))
        return files

    def _builder(self, name: str, key: _Key, lasts: datetime.timedelta = _DAY) -> x509.CertificateBuilder:
        now = datetime.datetime.now(datetime.UTC)
        public = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        builder = x509.CertificateBuilder().subject_name(_name(name)).issuer_name(self._name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - 7 * _DAY).not_valid_after(now + lasts)
        return builder.add_extension(public, critical=False).add_extension(issuer, critical=False)

    def _sign(self, builder: x509.CertificateBuilder) -> bytes:
        algorithm = None if isinstance(self._key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        return builder.sign(self._key, algorithm).public_bytes(serialization.Encoding.PEM)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
