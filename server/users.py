"""Passwords of users: from what was given to what is stored, and back for a login.

Stored is a sealed verifier (see `server.scram`), in the user's record. PostgreSQL keeps it open in its
catalog; here it goes through the keyring like every secret, so that a copy of the catalog alone gives
nobody anything to try passwords on.
"""

import re
from typing import Final

from server.catalog.tree import Catalog
from server.catalog.values import NO_VERIFIER
from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.scram import Verifier
from server.secrets import Keyring
from server.statements.models import MASK

_MOCK_PURPOSE: Final = "mock salts"
# How PostgreSQL's older method writes a hash; it cannot be turned into a verifier.
_MD5: Final = re.compile(r"md5[0-9a-f]{32}")


class NobodyCanLogIn(Exception):
    """No user has a password, where one is asked for."""

    def __init__(self) -> None:
        super().__init__(
            "no user has a password, so nobody could log in: give one with `modeld user passwd NAME --data DIR`; "
            "on the first start of a data folder MODELD_OWNER_PASSWORD is the owner's"
        )


def require_password(catalog: Catalog) -> None:
    """Refuse to serve a catalog that nobody could get to.

    Raises:
        NobodyCanLogIn
    """
    if all(role.header.verifier == NO_VERIFIER for role in catalog.principals.values()):
        raise NobodyCanLogIn


def seal_password(keyring: Keyring, user: str, password: str | None) -> tuple[bytes, tuple[Diagnostic, ...]]:
    """What to store for a password, and what to tell whoever gave it. None and "" mean: no password.

    Takes a millisecond or two, and randomness.

    Raises:
        OdpsError: PASSWORD_OTHER_HASH.
    """
    if password is None:
        return NO_VERIFIER, ()
    if not password:
        return NO_VERIFIER, (diagnostic(Condition.PASSWORD_EMPTY),)
    if password == MASK:
        # A line of the history, run again: everybody knows these eight.
        return NO_VERIFIER, (diagnostic(Condition.PASSWORD_LEFT_OUT),)
    if _MD5.fullmatch(password):
        raise OdpsError(
            Condition.PASSWORD_OTHER_HASH, hint="Give the password itself, or a SCRAM-SHA-256 verifier of it."
        )
    verifier = Verifier.parse(password) or Verifier.derive(password)
    return keyring.seal(verifier.format(), purpose=password_purpose(user)), ()


def find_verifier(keyring: Keyring, catalog: Catalog, user: str) -> Verifier:
    """The user's verifier; one that nobody can satisfy where there is no such user, or no password.

    Both take the same steps, so that the time does not tell one from the other.
    """
    mock = Verifier.mock(keyring.derive(_MOCK_PURPOSE), user)
    sealed_mock = keyring.seal(mock.format(), purpose=password_purpose(user))
    role = catalog.principals.get(user)
    sealed = NO_VERIFIER if role is None else role.header.verifier
    verifier = Verifier.parse(keyring.unseal(sealed or sealed_mock, purpose=password_purpose(user)))
    return verifier or mock


def password_purpose(user: str) -> str:
    """What a verifier is sealed for."""
    return f"PASSWORD {user}"
