"""The secrets of a statement, sealed before it is decided: that takes randomness, which deciding must not.

A dump carries secrets sealed for their very place (`seal_for_dump`), so that a line of it opens nothing when it is
given another name: who may write to one model cannot have a secret of another one shown to him.
"""

import asyncio
import base64
import binascii

from server.catalog.decide_users import PASSWORD
from server.catalog.options import literal_text
from server.errors import Condition, Diagnostic, OdpsError
from server.secrets import Keyring, SecretsError, Tampered, UnknownKey
from server.statements import (
    AddVersion,
    AlterUser,
    Change,
    CreateModel,
    CreateUser,
    ModelChange,
    Option,
    RecordFacts,
    SetOptions,
    UserStatement,
)
from server.statements.models import SECRET_OPTIONS
from server.users import password_purpose, seal_password

Sealed = dict[str, bytes]


async def seal_secrets(
    keyring: Keyring, statement: Change | UserStatement, place: str
) -> tuple[Sealed, tuple[Diagnostic, ...]]:
    """The statement's secrets by their keys, and what to tell of them.

    Args:
        place: what RECORD records of, see `place_of`; of no meaning for other statements.

    Raises:
        OdpsError: what is wrong with a password, or SEALED_ELSEWHERE.
    """
    match statement:
        case CreateModel() | AddVersion() | SetOptions():
            return seal_options(keyring, statement), ()
        case RecordFacts(facts=facts):
            return {fact.key: _take_over(keyring, fact, place) for fact in facts if fact.key in SECRET_OPTIONS}, ()
        case CreateUser(name, password) | AlterUser(name, password):
            text = None if password is None else literal_text(password)
            # The keys of a password take longer than the loop can spare.
            sealed, notices = await asyncio.to_thread(seal_password, keyring, name.name, text)
            return {PASSWORD: sealed}, notices
        case _:
            return {}, ()


def seal_options(keyring: Keyring, statement: ModelChange) -> Sealed:
    """The secrets among the options of a statement on a model, by their keys."""
    match statement:
        case CreateModel() | AddVersion():
            options = statement.body.options
        case SetOptions():
            options = statement.options
        case _:
            return {}
    return {
        option.key: keyring.seal(literal_text(option.value), purpose=option.key)
        for option in options
        if option.key in SECRET_OPTIONS
    }


def purpose_of(key: str, place: str) -> str:
    """What a secret of the catalog is sealed for."""
    return password_purpose(place) if key == PASSWORD else key


def seal_for_dump(keyring: Keyring, key: str, sealed: bytes, place: str) -> str:
    """A secret of the catalog as a dump carries it, in base64.

    Args:
        place: the user's name, or the full name of the version.

    Raises:
        SecretsError: it cannot be opened.
    """
    secret = keyring.unseal(sealed, purpose=purpose_of(key, place))
    return base64.b64encode(keyring.seal(secret, purpose=_dump_purpose(key, place))).decode()


def _take_over(keyring: Keyring, fact: Option, place: str) -> bytes:
    """A secret that `seal_for_dump` made, sealed as the catalog keeps it."""
    try:
        sealed = base64.b64decode(literal_text(fact.value), validate=True)
        secret = keyring.unseal(sealed, purpose=_dump_purpose(fact.key, place))
    except (binascii.Error, ValueError, Tampered) as error:
        reason = "it is not one that a dump sealed for this place"
        raise OdpsError(Condition.SEALED_ELSEWHERE, at=fact.value.at, option=fact.key, reason=reason) from error
    except (UnknownKey, SecretsError) as error:
        raise OdpsError(
            Condition.SEALED_ELSEWHERE,
            at=fact.value.at,
            option=fact.key,
            reason=str(error),
            hint="Put that key into the key file, below the others, or load a dump without secrets.",
        ) from error
    return keyring.seal(secret, purpose=purpose_of(fact.key, place))


def _dump_purpose(key: str, place: str) -> str:
    return f"DUMP {key} {place}"
