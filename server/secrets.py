"""Secrets at rest: text in, sealed bytes out, and back with the same key.

A sealed secret is AES-256-GCM, laid out as

    version (1 byte) | key id (8 bytes) | nonce (12 bytes) | ciphertext and tag

Everything before the ciphertext is authenticated with it, and so is the purpose, the kind of secret it is:
sealed as one kind, it does not open as another. The nonce is random, which is
safe for 2**32 secrets under one key (NIST SP 800-38D, 8.3).

The key file holds one key a line, 32 bytes in base64. The first seals, every one unseals; so a new key
is put before the old ones.
"""

import base64
import binascii
import hashlib
import hmac
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"
_HEADER_BYTES: Final = len(_VERSION) + KEY_ID_BYTES
_TAG_BYTES: Final = 16

# Below this length the last four characters would give too much away.
_MASK_TAIL_FROM: Final = 12


class SecretsError(Exception):
    """A secret or a key that cannot be used; never raised itself."""


class KeyFileUnusable(SecretsError):
    """The key file, or the key given in its place, cannot be used as it is."""


class UnknownKey(SecretsError):
    """Sealed with a key that is not on the ring."""

    def __init__(self, key_id: bytes) -> None:
        super().__init__(f"the secret was sealed with key {key_id.hex()}, which is not there")
        self.key_id = key_id


class Tampered(SecretsError):
    """Not what `seal` made, or not for this purpose."""


class Keyring:
    """The keys in use, by id. Shows itself only by their ids."""

    __slots__ = ("_ciphers", "_root", "_sealing_id")

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._sealing_id = _key_id(keys[0])
        # Of the oldest key, which stays where it is when a new one is put before it.
        self._root = hmac.digest(keys[-1], b"modeld derived secrets", "sha256")

    @classmethod
    def open(cls, path: Path, *, environment_key: str | None, make: bool = True) -> Self:
        """The ring of the key file, which is made with a random key when it is not there.

        Args:
            environment_key: the value of MODELD_SECRET_KEY; when given, the file is neither read nor made.
            make: false where secrets are sealed already: then a new key would only hide that theirs is lost.

        Raises:
            KeyFileUnusable: readable by others, not of the form above, or not to be read or made at all.
        """
        if environment_key is not None:
            return cls([_decode_key(environment_key.strip(), "MODELD_SECRET_KEY")])
        try:
            try:
                text = _read_private(path)
            except FileNotFoundError:
                if not make:
                    raise KeyFileUnusable(
                        f"{path} is missing, and the catalog holds secrets that only its key opens: "
                        "put the file back, or give the key as MODELD_SECRET_KEY"
                    ) from None
                text = _create(path)
        except OSError as error:
            raise KeyFileUnusable(f"{path}: {error.strerror}") from error
        keys = [_decode_key(line, f"{path}, line {number}") for number, line in enumerate(text.splitlines(), 1)]
        if not keys:
            raise KeyFileUnusable(f"{path} holds no key")
        return cls(keys)

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """The ids of all keys; the first is the one that seals."""
        return tuple(self._ciphers)

    def seal(self, text: str, *, purpose: str) -> bytes:
        """Encrypt `text` so that only `unseal` with the same purpose opens it."""
        header = _VERSION + self._sealing_id
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._sealing_id].encrypt(nonce, text.encode(), header + purpose.encode())
        return header + nonce + sealed

    def unseal(self, sealed: bytes, *, purpose: str) -> str:
        """The text that was sealed.

        Raises:
            UnknownKey, Tampered
        """
        key_id = key_id_of(sealed)
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(key_id)
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        try:
            text = cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + purpose.encode())
        except InvalidTag as error:
            raise Tampered("the secret was changed, or sealed for another purpose") from error
        return text.decode()

    def derive(self, purpose: str) -> bytes:
        """32 bytes that nobody without the keys can know, the same at every start."""
        return hmac.digest(self._root, purpose.encode(), "sha256")

    def __repr__(self) -> str:
        return f"Keyring({', '.join(key_id.hex() for key_id in self.key_ids)})"


def key_id_of(sealed: bytes) -> bytes:
    """Which key a secret was sealed with.

    Raises:
        Tampered: this is not the form that `seal` gives.
    """
    if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or not sealed.startswith(_VERSION):
        raise Tampered("this is not a sealed secret")
    return sealed[len(_VERSION) : _HEADER_BYTES]


def mask(secret: str) -> str:
    """What may be shown of a secret: its last four characters, or nothing when it is short."""
    return "********" if len(secret) < _MASK_TAIL_FROM else f"****{secret[-4:]}"


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"modeld key id\0" + key).digest()[:KEY_ID_BYTES]


def _decode_key(text: str, where: str) -> bytes:
    # The text itself never goes into the message: it may be a key with one character too many.
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFileUnusable(f"{where}: a key is written in base64") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnusable(f"{where}: a key has {KEY_BYTES} bytes, not {len(key)}")
    return key


def _read_private(path: Path) -> str:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFileUnusable(
                f"{path} is open to others than its owner (mode {stat.S_IMODE(mode):04o}): chmod 600 it, "
                "and think of its keys as known"
            )
        # A key that is not ASCII fails as base64, with the line that it stands in.
        return file.read().decode("ascii", "replace")


def _create(path: Path) -> str:
    """Make the file with one random key; durable, name included, before anything is sealed with it."""
    text = base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError:
        # An empty key file would stop every later start.
        path.unlink()
        raise
    return text
