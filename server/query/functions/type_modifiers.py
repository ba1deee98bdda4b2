"""Type modifiers as SQL writes them: `numeric(10,2)`, `character varying(3)`, `timestamp(3) with time zone`.

Source: PostgreSQL 15, format_type.c and the typmodout functions of its types.
"""

from typing import Final

from protocol import types
from protocol.types import Oid
from server.query.binder.type_facts import format_type
from server.query.postgres.types import find_type

_HEADER: Final = 4  # what varchar(n), bpchar(n) and numeric(p,s) count besides
_FULL_RANGE: Final = 0x7FFF
_FULL_PRECISION: Final = 0xFFFF
_MONTH, _YEAR, _DAY, _HOUR, _MINUTE, _SECOND = 1 << 1, 1 << 2, 1 << 3, 1 << 10, 1 << 11, 1 << 12
_FIELDS: Final = {
    _YEAR: " year",
    _MONTH: " month",
    _DAY: " day",
    _HOUR: " hour",
    _MINUTE: " minute",
    _SECOND: " second",
    _YEAR | _MONTH: " year to month",
    _DAY | _HOUR: " day to hour",
    _DAY | _HOUR | _MINUTE: " day to minute",
    _DAY | _HOUR | _MINUTE | _SECOND: " day to second",
    _HOUR | _MINUTE: " hour to minute",
    _HOUR | _MINUTE | _SECOND: " hour to second",
    _MINUTE | _SECOND: " minute to second",
}
_TIMETZ: Final = Oid(1266)
_BIT, _VARBIT = Oid(1560), Oid(1562)


def format_modified(oid: int, modifier: int) -> str:
    """The type's SQL name with the modifier, which is not negative."""
    row = find_type(oid)
    if row is not None and row.is_array:
        return f"{format_modified(row.element, modifier)}[]"
    name = format_type(Oid(oid))
    match oid:
        case types.BPCHAR:
            # Without a length `character` would be of length 1.
            return f"character({modifier - _HEADER})" if modifier > _HEADER else "character"
        case types.VARCHAR:
            return f"{name}({modifier - _HEADER})" if modifier > _HEADER else name
        case 1560 | 1562:
            return f"{'bit' if oid == _BIT else name}({modifier})"
        case types.NUMERIC:
            if modifier < _HEADER:
                return name
            precision, scale = divmod(modifier - _HEADER, 1 << 16)
            scale &= 0x7FF
            return f"numeric({precision},{scale - 2048 if scale >= 1024 else scale})"
        case types.TIME | types.TIMESTAMP | types.TIMESTAMPTZ | 1266:
            word, _, rest = name.partition(" ")
            return f"{word}({modifier}) {rest}"
        case types.INTERVAL:
            fields, precision = modifier >> 16 & _FULL_RANGE, modifier & _FULL_PRECISION
            shown = "" if precision == _FULL_PRECISION else f"({precision})"
            return f"interval{_FIELDS.get(fields, '')}{shown}"
        case types.BOOL | types.INT2 | types.INT4 | types.INT8 | types.FLOAT4 | types.FLOAT8:
            return name
        case _:
            return f"{name}({modifier})"
