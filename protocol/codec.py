"""What a codec is, and what the form of a value depends on. The codecs themselves stand in `codecs`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import TypeVar

from protocol.encodings import UTF_8, explain_undecodable
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

_T = TypeVar("_T")

Format = Callable[[object], str]
Parse = Callable[[str], object]
Pack = Callable[[object], bytes]
Unpack = Callable[[bytes], object]


FindZone = Callable[[str], tzinfo | None]


def no_zone(name: str) -> tzinfo | None:
    """Knows none: zones are read from files, which is not for this package."""
    return None


@dataclass(frozen=True, slots=True)
class ValueSettings:
    """What the form of a value depends on.

    Attributes:
        encoding: the Python codec of the client's encoding.
        timezone: of the session, for timestamptz.
        date_style: (ISO, SQL, Postgres or German; MDY, DMY or YMD).
        interval_style: postgres, postgres_verbose, sql_standard or iso_8601.
        bytea_output: hex or escape.
        extra_float_digits: -15 to 3; above 0 floating-point numbers are written exactly.
        find_zone: the zone of a full name (`America/New_York`, in any letter case), where a text may have one.
    """

    encoding: str = UTF_8
    timezone: tzinfo = UTC
    date_style: tuple[str, str] = ("ISO", "MDY")
    interval_style: str = "postgres"
    bytea_output: str = "hex"
    extra_float_digits: int = 1
    find_zone: FindZone = no_zone


@dataclass(frozen=True, slots=True)
class Codec:
    """Functions of the settings that give a function of one value each.

    `format` and `pack` raise TypeError, AttributeError, ValueError, OverflowError or struct.error for a value
    that is not of the type; all four raise InvalidValue.

    Attributes:
        format: value to text.
        parse: text to value.
        pack: value to its binary form.
        unpack: the binary form to the value.
    """

    format: Callable[[ValueSettings], Format]
    parse: Callable[[ValueSettings], Parse]
    pack: Callable[[ValueSettings], Pack]
    unpack: Callable[[ValueSettings], Unpack]


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """An object of the catalog: its OID for the binary form, and how it is named for the text form."""

    oid: int
    name: str


def expect(value: object, kind: type[_T]) -> _T:
    """The value itself.

    Raises:
        TypeError: it is of another kind.
    """
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} where {kind.__name__} belongs")
    return value


def decode_text(data: bytes, codec: str) -> str:
    """Read text of the client's.

    Raises:
        InvalidValue
    """
    if 0 in data:
        # A text of PostgreSQL cannot hold the character NUL.
        message = 'invalid byte sequence for encoding "UTF8": 0x00'
        raise InvalidValue(message, sqlstate=SqlState.CHARACTER_NOT_IN_REPERTOIRE)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        message, sqlstate = explain_undecodable(error, codec)
        raise InvalidValue(message, sqlstate=sqlstate) from error
