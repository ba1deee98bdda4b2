"""Strategies for the values of every type, and for the settings that their forms depend on."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from protocol import types
from protocol.arrays import Array, Record
from protocol.codec import ValueSettings
from protocol.intervals import Interval
from protocol.numerals import RANGES
from protocol.strings import Tid
from protocol.timestamps import Infinity
from protocol.types import TYPES, Oid
from tests.property.protocol_text_values import TEXTS, ranges

ZONES: Final = (
    "UTC",
    "Asia/Kolkata",
    "America/New_York",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
)
INTERVAL_STYLES: Final = ("postgres", "postgres_verbose", "sql_standard", "iso_8601")

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
names = texts.filter(lambda text: len(text.encode()) < 64)
infinities = st.sampled_from(Infinity)
# A day is left at either end, where local times fall off the calendar.
naive_moments = st.integers(86_400_000_000, 3_652_057 * 86_400_000_000).map(
    lambda microseconds: datetime.min + timedelta(microseconds=microseconds)  # noqa: DTZ901 - naive on purpose
)
moments = naive_moments.map(lambda moment: moment.replace(tzinfo=UTC))
numerics = (
    st.decimals(-(10**30), 10**30, places=0)
    | st.builds(
        lambda digits, scale: Decimal(digits).scaleb(-scale), st.integers(-(10**28) + 1, 10**28 - 1), st.integers(0, 40)
    )
    | st.sampled_from(
        [Decimal(text) for text in ("0", "0.00", "1.50", "10000", "0.0001", "1e5", "Infinity", "-Infinity")]
    )
).map(lambda number: number or number.copy_abs())
intervals = st.builds(
    Interval,
    st.integers(-1_000_000, 1_000_000) | st.integers(-40, 40),
    st.integers(-1_000_000, 1_000_000) | st.integers(-40, 40),
    st.integers(-(2**55), 2**55) | st.integers(-200, 200).map(lambda seconds: seconds * 1_000_000) | st.just(0),
)
documents = st.recursive(
    st.sampled_from(["null", "true", "1", "-1.50", '"a"', '"é\\n"', "[]", "{}"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: f"[{', '.join(parts)}]")
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(
            lambda parts: "{" + ", ".join(f'"{key}": {part}' for key, part in sorted(parts.items())) + "}"
        )
    ),
    max_leaves=6,
)
_OIDS: Final = st.integers(*RANGES[types.OID])

_SCALARS: Final[dict[Oid, st.SearchStrategy[object]]] = {
    types.BOOL: st.booleans(),
    types.BYTEA: st.binary(max_size=40),
    types.CHAR: st.characters(min_codepoint=1, max_codepoint=127) | st.just(""),
    types.NAME: names,
    **{oid: st.integers(*limits) for oid, limits in RANGES.items()},
    # PostgreSQL sends an empty vector in binary but does not take it.
    types.INT2VECTOR: st.lists(st.integers(*RANGES[types.INT2]), min_size=1, max_size=9).map(tuple),
    types.OIDVECTOR: st.lists(_OIDS, min_size=1, max_size=9).map(tuple),
    types.TID: st.builds(Tid, _OIDS, st.integers(0, 2**16 - 1)),
    types.FLOAT4: st.floats(width=32, allow_nan=False) | st.integers(-126, 127).map(lambda power: 2.0**power),
    types.FLOAT8: st.floats(allow_nan=False),
    **dict.fromkeys((types.TEXT, types.VARCHAR, types.BPCHAR, types.UNKNOWN), texts),
    types.JSON: documents,
    types.JSONB: documents,
    types.DATE: st.dates() | infinities,
    types.TIME: st.times(),
    types.TIMESTAMP: naive_moments | infinities,
    types.TIMESTAMPTZ: moments | infinities,
    types.INTERVAL: intervals,
    types.NUMERIC: numerics,
    types.UUID: st.uuids(),
    types.VOID: st.just(""),
    **{row.oid: _OIDS for row in TYPES.values() if row.name.startswith("reg")},
    **TEXTS,
    **ranges(
        {
            types.INT4RANGE: st.integers(-100, 100),
            types.INT8RANGE: st.integers(-(2**62), 2**62),
            types.NUMRANGE: numerics,
            types.DATERANGE: st.dates(max_value=date(9000, 1, 1)) | infinities,
            types.TSRANGE: naive_moments | infinities,
            types.TSTZRANGE: moments | infinities,
        }
    ),
}


def _arrays_of(elements: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    flat = st.lists(elements | st.none(), max_size=4)
    square = st.lists(st.lists(elements | st.none(), min_size=2, max_size=2), min_size=1, max_size=3)
    bounds = st.integers(-3, 3).filter(lambda low: low != 1)
    return (
        flat
        | square
        | st.builds(lambda items, low: Array(items, (low,)), flat.filter(bool), bounds)
        | st.builds(lambda items, low: Array(items, (low, 1)), square, bounds)
    )


# No record can be read: PostgreSQL has no input of one either.
VALUES: Final[dict[Oid, st.SearchStrategy[object]]] = _SCALARS | {
    TYPES[oid].array: _arrays_of(values) for oid, values in _SCALARS.items() if TYPES[oid].array
}
_FIELDS: Final = st.sampled_from(
    [oid for oid in _SCALARS if oid not in (types.VOID, types.UNKNOWN, types.CSTRING)]
).flatmap(lambda oid: st.tuples(st.just(oid), _SCALARS[oid] | st.none()))
records = st.lists(_FIELDS, min_size=1, max_size=5).map(lambda fields: Record(tuple(fields)))

value_settings = st.builds(
    ValueSettings,
    timezone=st.sampled_from(ZONES).map(lambda name: UTC if name == "UTC" else ZoneInfo(name)),
    date_style=st.tuples(st.sampled_from(["ISO", "SQL", "Postgres", "German"]), st.sampled_from(["MDY", "DMY", "YMD"])),
    interval_style=st.sampled_from(INTERVAL_STYLES),
    bytea_output=st.sampled_from(["hex", "escape"]),
    extra_float_digits=st.sampled_from([1, 3, 0, -3, -15]),
)
