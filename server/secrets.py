"""Secrets at rest: text in, sealed bytes out, and back with the same key.

A sealed secret is AES-256-GCM, laid out as

    version (1 byte) | key id (8 bytes) | nonce (12 bytes) | ciphertext and tag

Everything before the ciphertext is authenticated with it, and so is the purpose, the kind of secret it is:
sealed as one kind, it does not open as another. The nonce is random, which is
safe for 2**32 secrets under one key (NIST SP 800-38D, 8.3).

The first key of a ring seals, every one unseals; so a new key is put before the old ones. Where keys are kept:
`server.key_file`.
"""

import hashlib
import hmac
import os
from collections.abc import Sequence
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"
_HEADER_BYTES: Final = len(_VERSION) + KEY_ID_BYTES
_TAG_BYTES: Final = 16

_MASK: Final = "********"
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


class _Keys(NamedTuple):
    """What a ring is made of; replaced as a whole, since passwords are sealed in threads.

    Attributes:
        ciphers: by key id; the first one seals.
        root: what secrets are derived from.
    """

    ciphers: dict[bytes, AESGCM]
    sealing_id: bytes
    root: bytes


class Keyring:
    """The keys in use, by id. Shows itself only by their ids."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = _make_keys(keys)

    def adopt(self, keys: Sequence[bytes]) -> None:
        """Seal with the first of these keys from now on, and unseal with all of them.

        Those that were there go on unsealing, and nothing that was derived changes: a transaction under way may hold
        what an older key has sealed.
        """
        new, before = _make_keys(keys), self._keys
        self._keys = _Keys(new.ciphers | before.ciphers, new.sealing_id, before.root)

    @property
    def key_ids(self) -> tuple[bytes, ...]:
        """The ids of all keys; the first is the one that seals."""
        return tuple(self._keys.ciphers)

    def seal(self, text: str, *, purpose: str) -> bytes:
        """Encrypt `text` so that only `unseal` with the same purpose opens it."""
        keys = self._keys
        header = _VERSION + keys.sealing_id
        nonce = os.urandom(_NONCE_BYTES)
        sealed = keys.ciphers[keys.sealing_id].encrypt(nonce, text.encode(), header + purpose.encode())
        return header + nonce + sealed

    def unseal(self, sealed: bytes, *, purpose: str) -> str:
        """The text that was sealed.

        Raises:
            UnknownKey, Tampered
        """
        key_id = key_id_of(sealed)
        cipher = self._keys.ciphers.get(key_id)
        if cipher is None:
            raise UnknownKey(key_id)
        header, rest = sealed[:_HEADER_BYTES], sealed[_HEADER_BYTES:]
        try:
            text = cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], header + purpose.encode())
        except InvalidTag as error:
            raise Tampered("the secret was changed, or sealed for another purpose") from error
        return text.decode()

    def show(self, sealed: bytes, *, purpose: str, reveal: bool = False) -> str:
        """What may be shown of a sealed secret: all of it if it may be revealed, else its mask.

        One whose key was forgotten, which only the history may still have, is masked whole.
        """
        try:
            secret = self.unseal(sealed, purpose=purpose)
        except UnknownKey:
            return _MASK
        return secret if reveal else mask(secret)

    def derive(self, purpose: str) -> bytes:
        """32 bytes that nobody without the keys can know, the same at every start."""
        return hmac.digest(self._keys.root, purpose.encode(), "sha256")

    def __repr__(self) -> str:
        return f"Keyring({', '.join(key_id.hex() for key_id in self.key_ids)})"


def key_id_of(sealed: bytes) -> bytes:
    """Which key a secret was sealed with.

    Raises:
        Tampered: this is not the form that `seal` gives.
    """
    if len(sealed) < _HEADER_BYTES + _NONCE_BYTES + _TAG_BYTES or not sealed.startswith(_VERSION):
        raise Tampered("this is not a sealed secret")
    return key_id_in(sealed)


def key_id_in(sealed: bytes) -> bytes:
    """What stands in the place of the key's id, whether or not this is a sealed secret."""
    return sealed[len(_VERSION) : _HEADER_BYTES]


def mask(secret: str) -> str:
    """What may be shown of a secret: its last four characters, or nothing when it is short."""
    return _MASK if len(secret) < _MASK_TAIL_FROM else f"****{secret[-4:]}"


def find_key_id(key: bytes) -> bytes:
    """What a key is called in the secrets that it sealed, and wherever it is shown."""
    return hashlib.sha256(b"modeld key id\0" + key).digest()[:KEY_ID_BYTES]


def _make_keys(keys: Sequence[bytes]) -> _Keys:
    # The root is the oldest key's, which stays where it is when a new one is put before it.
    root = hmac.digest(keys[-1], b"modeld derived secrets", "sha256")
    return _Keys({find_key_id(key): AESGCM(key) for key in keys}, find_key_id(keys[0]), root)
