"""TLS in memory: a client of Python's own against the channel, and the files it is made from."""

import os
import ssl
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from structlog.testing import capture_logs

from server.access import Access
from server.tls import ALPN, Certificates, TlsChannel, TlsError, TlsFiles
from tests.certificates import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def files(authority: Authority) -> TlsFiles:
    return authority.server()


class Client:
    """The other end of a channel."""

    def __init__(self, authority: Authority, *, alpn: str | None = None, client: TlsFiles | None = None) -> None:
        self.context = ssl.create_default_context(cafile=authority.certificate)
        if alpn is not None:
            self.context.set_alpn_protocols([alpn])
        if client is not None:
            self.context.load_cert_chain(client.certificate, client.key)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls: ssl.SSLObject | None = None

    def shake_hands(self, channel: TlsChannel, *, piece: int = 1 << 20) -> bytes:
        """Bring the handshake to its end; the plaintext that came with it."""
        self.tls = self.context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        plaintext = b""
        done = False
        while not (done and channel.established):
            try:
                self.tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            data = self._outgoing.read()
            assert data or done
            for at in range(0, len(data), piece):
                plaintext += channel.receive(data[at : at + piece])
                self._incoming.write(channel.unsent())
        return plaintext

    def send(self, channel: TlsChannel, data: bytes) -> bytes:
        assert self.tls is not None
        self.tls.write(data)
        return channel.receive(self._outgoing.read())

    def read(self, data: bytes) -> bytes:
        assert self.tls is not None
        self._incoming.write(data)
        plaintext = b""
        with suppress(ssl.SSLWantReadError):
            while piece := self.tls.read():
                plaintext += piece
        return plaintext


def resident_bytes() -> int:
    """How much memory this process holds; Linux only."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("piece", [1, 1 << 20])
def test_what_goes_in_comes_out(authority: Authority, files: TlsFiles, version: ssl.TLSVersion, piece: int) -> None:
    channel = TlsChannel(Certificates.load(files), direct=False)
    client = Client(authority)
    client.context.minimum_version = client.context.maximum_version = version

    assert client.shake_hands(channel, piece=piece) == b""
    assert client.send(channel, b"question") == b"question"
    assert client.read(channel.encrypt(b"answer")) == b"answer"
    big = bytes(range(256)) * 1000
    assert client.send(channel, big) == big
    assert client.read(channel.encrypt(big)) == big
    assert not channel.ended


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system how much memory there is in use")
def test_a_long_answer_takes_no_memory_when_it_is_sent(authority: Authority, files: TlsFiles) -> None:
    certificates = Certificates.load(files)
    channels = [TlsChannel(certificates, direct=False) for _ in range(16)]
    for channel in channels:
        Client(authority).shake_hands(channel)
    answer = bytes(4 * 1024 * 1024)
    before = resident_bytes()

    for channel in channels:
        channel.encrypt(answer)

    # What else the process does meanwhile takes some, and what one answer took may not be given back.
    assert resident_bytes() - before < len(channels) // 2 * len(answer)


def test_old_versions_are_refused(authority: Authority, files: TlsFiles) -> None:
    channel = TlsChannel(Certificates.load(files), direct=False)
    client = Client(authority)
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        client.context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        client.context.maximum_version = ssl.TLSVersion.TLSv1_1
    client.context.set_ciphers("ALL:@SECLEVEL=0")

    with pytest.raises(TlsError, match="unsupported protocol"):
        client.shake_hands(channel)
    assert channel.unsent()


def test_a_direct_handshake_names_its_protocol(authority: Authority, files: TlsFiles) -> None:
    certificates = Certificates.load(files)
    named = TlsChannel(certificates, direct=True)

    Client(authority, alpn=ALPN).shake_hands(named)

    assert named.established
    for client in (Client(authority), Client(authority, alpn="http/1.1")):
        with pytest.raises(TlsError, match="without the application protocol postgresql"):
            client.shake_hands(TlsChannel(certificates, direct=True))


def test_the_protocol_is_offered_after_a_request_too(authority: Authority, files: TlsFiles) -> None:
    client = Client(authority, alpn=ALPN)

    client.shake_hands(TlsChannel(Certificates.load(files), direct=False))

    assert client.tls is not None
    assert client.tls.selected_alpn_protocol() == ALPN


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05garbage", bytes(100)])
def test_what_is_no_handshake_is_the_clients_fault(files: TlsFiles, data: bytes) -> None:
    with pytest.raises(TlsError):
        TlsChannel(Certificates.load(files), direct=False).receive(data)


def test_a_changed_byte_is_found_out(authority: Authority, files: TlsFiles) -> None:
    channel = TlsChannel(Certificates.load(files), direct=False)
    client = Client(authority)
    client.shake_hands(channel)
    assert client.tls is not None
    client.tls.write(b"question")
    data = bytearray(client._outgoing.read())
    data[-1] ^= 1

    with pytest.raises(TlsError):
        channel.receive(bytes(data))


def test_both_sides_say_that_they_end(authority: Authority, files: TlsFiles) -> None:
    channel = TlsChannel(Certificates.load(files), direct=False)
    client = Client(authority)
    client.shake_hands(channel)
    assert client.tls is not None

    assert client.read(channel.close()) == b""
    client.tls.unwrap()
    assert channel.receive(client._outgoing.read()) == b""
    assert channel.ended


def test_no_session_is_resumed(authority: Authority, files: TlsFiles) -> None:
    client = Client(authority)
    client.shake_hands(TlsChannel(Certificates.load(files), direct=False))

    assert client.tls is not None
    session = client.tls.session
    assert session is None or not session.has_ticket


def test_the_names_of_a_client(authority: Authority, files: TlsFiles) -> None:
    certificates = Certificates.load(TlsFiles(files.certificate, files.key, authority.certificate))
    shown, silent = TlsChannel(certificates, direct=False), TlsChannel(certificates, direct=False)

    Client(authority, client=authority.client("alice")).shake_hands(shown)
    Client(authority).shake_hands(silent)

    assert certificates.asks_client
    assert shown.client_names() == ("alice",)
    assert silent.client_names() is None


def test_a_client_of_another_authority_is_refused(authority: Authority, files: TlsFiles, tmp_path: Path) -> None:
    certificates = Certificates.load(TlsFiles(files.certificate, files.key, authority.certificate))
    client = Client(authority, client=Authority(tmp_path / "other").client("alice"))

    with pytest.raises(TlsError, match="certificate verify failed"):
        client.shake_hands(TlsChannel(certificates, direct=False))


def test_end_point_is_the_hash_of_the_certificate(files: TlsFiles) -> None:
    leaf = x509.load_pem_x509_certificate(files.certificate.read_bytes())

    assert Certificates.load(files).end_point == leaf.fingerprint(hashes.SHA256())


def test_no_end_point_where_the_signature_has_no_hash(tmp_path: Path) -> None:
    files = Authority(tmp_path, ed25519_key=True).server()

    assert Certificates.load(files).end_point is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(files: TlsFiles, mode: int) -> None:
    files.key.chmod(mode)

    with pytest.raises(TlsError, match=f"group or world access \\(mode {mode:04o}\\)"):
        Certificates.load(files)


def test_an_expired_certificate_is_used_and_said_of(authority: Authority) -> None:
    with capture_logs() as events:
        Access(tls_files=authority.server("expired", lasts=timedelta(days=-1)))
        Access(tls_files=authority.server("valid"))

    [event] = events
    assert (event["event"], event["log_level"]) == ("certificate not valid", "warning")
    assert str(event["certificate"]).endswith("expired.pem")
    assert str(event["valid_until"]) < datetime.now(UTC).isoformat()


def test_files_that_cannot_be_used(authority: Authority, files: TlsFiles, tmp_path: Path) -> None:
    other = authority.server("other")
    broken = tmp_path / "broken"
    broken.write_text("-----BEGIN CERTIFICATE-----\nnothing\n")
    broken.chmod(0o600)
    missing = tmp_path / "missing"
    encrypted = tmp_path / "encrypted"
    encrypted.touch(mode=0o600)
    key = load_pem_private_key(files.key.read_bytes(), None)
    encrypted.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"word")))

    for wrong, complaint in [
        (TlsFiles(files.certificate, other.key), "key values mismatch"),
        (TlsFiles(missing, files.key), "No such file"),
        (TlsFiles(files.certificate, missing), "No such file"),
        (TlsFiles(files.certificate, tmp_path), "not a regular file"),
        (TlsFiles(broken, files.key), str(broken)),
        (TlsFiles(files.certificate, broken), str(broken)),
        (TlsFiles(files.certificate, encrypted), "the key is encrypted, and nobody is there to give its password"),
        (TlsFiles(files.key, files.key), "the first holds no certificate in PEM"),
        (TlsFiles(files.certificate, files.key, missing), "No such file"),
        (TlsFiles(files.certificate, files.key, broken), str(broken)),
    ]:
        with pytest.raises(TlsError, match=complaint):
            Certificates.load(wrong)
