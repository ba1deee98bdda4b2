"""Expressions of a wanted type over the columns in scope, made so that they seldom fail when they run."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

BOOL, INT, BIGINT, NUMERIC, FLOAT = "bool", "int4", "int8", "numeric", "float8"
TEXT, DATE, TIMESTAMP, INTERVAL, INTS, TEXTS, JSONB = (
    "text",
    "date",
    "timestamp",
    "interval",
    "int4[]",
    "text[]",
    "jsonb",
)

TYPES: Final = (BOOL, INT, INT, BIGINT, NUMERIC, FLOAT, TEXT, TEXT, DATE, TIMESTAMP, INTERVAL, INTS, TEXTS, JSONB)
_NUMBERS: Final = (INT, BIGINT, NUMERIC, FLOAT)
_CONSTANTS: Final[dict[str, tuple[str, ...]]] = {
    BOOL: ("true", "false"),
    INT: ("0", "1", "2", "-3", "7", "10"),
    BIGINT: ("0::int8", "5::int8", "4294967296"),
    NUMERIC: ("0.0", "1.50", "-2.25", "10.125"),
    FLOAT: ("0.5::float8", "2::float8", "'-1.25'::float8"),
    TEXT: ("'a'::text", "'b'::text", "'ab'::text", "''::text", "'Zoë'::text", "'a_b%'::text"),
    DATE: ("date '2020-02-29'", "date '2021-01-31'", "date '1999-12-31'"),
    TIMESTAMP: ("timestamp '2020-02-29 12:34:56.789'", "timestamp '2021-01-31'"),
    INTERVAL: ("interval '1 day'", "interval '1 mon -2 days 03:00'", "interval '90 min'"),
    INTS: ("array[1, 2, 3]", "'{}'::int4[]", "array[2, null, 2]"),
    TEXTS: ("array['a', 'b']", "'{}'::text[]", "array['b', null]"),
    JSONB: ("""'{"a": 1, "b": [1, 2]}'::jsonb""", "'[1, \"x\", null]'::jsonb", "'2'::jsonb"),
}
_PLACE: Final = re.compile(r"\{(" + "|".join(map(re.escape, {*TYPES, "any", "same"})) + r")\}")
# What gives each type. A name in braces is an expression of that type, `any` one of any type (the same within a form),
# `same` the one before once more.
_FORMS: Final[dict[str, tuple[str, ...]]] = {
    BOOL: (
        *("{any} = {any}", "{any} < {any}", "{any} >= {any}", "{any} <> {any}", "{any} IS NULL", "{any} IS NOT NULL"),
        *("{any} IS DISTINCT FROM {any}", "NOT {bool}", "{bool} AND {bool}", "{bool} OR {bool}", "{bool} IS TRUE"),
        *("{bool} IS NOT FALSE", "{bool} IS UNKNOWN", "{any} BETWEEN {any} AND {any}", "{any} IN ({any}, {any})"),
        *("{any} NOT IN ({any}, {any}, NULL)", "{text} LIKE {text}", "{text} ILIKE '%b%'", "{text} ~ '^a'"),
        *("{text} NOT LIKE 'a%'", "{text} SIMILAR TO '(a|b)+'", "{text} !~* 'B'", "{int4} = ANY ({int4[]})"),
        *("{int4} <> ALL ({int4[]})", "{int4[]} @> {int4[]}", "{int4[]} && {int4[]}", "{jsonb} ? 'a'"),
        *("{jsonb} @> {jsonb}", "({any}, {int4}) < ({any}, {int4})", "({int4}, {text}) = ({int4}, {text})"),
        *(
            "{any} BETWEEN SYMMETRIC {any} AND {any}",
            "starts_with({text}, {text})",
            "({date}, {date}) OVERLAPS ({date}, {date})",
        ),
    ),
    INT: (
        *("{int4} + 1", "{int4} - {int4}", "{int4} * 2", "{int4} % 7", "{int4} / 3", "- {int4}", "abs({int4})"),
        *("length({text})", "strpos({text}, {text})", "coalesce({int4}, {int4})", "nullif({int4}, {int4})"),
        *("greatest({int4}, {int4})", "least({int4}, {int4})", "{int4} & 6", "{int4} # {int4}", "~{int4}"),
        *("array_length({int4[]}, 1)", "cardinality({text[]})", "({int4[]})[1]", "array_position({text[]}, {text})"),
        *("{date} - {date}", "{bool}::int4", "ascii({text})", "jsonb_array_length('[1,2]')", "octet_length({text})"),
        *(
            "extract(year from {date})::int4",
            "sign({numeric})::int4",
            "num_nulls({int4}, {text})",
            "({jsonb} ->> 'a')::int4",
        ),
        *("width_bucket({numeric}, 0, 10, 4)", "array_upper({int4[]}, 1)", "bit_length({text})"),
    ),
    BIGINT: (
        "{int8} + {int4}",
        "{int4}::int8 * 3",
        "coalesce({int8}, 0)",
        "abs({int8})",
        "{int8} % 1000",
        "{int8} / 7",
    ),
    NUMERIC: (
        *(
            "{numeric} + {numeric}",
            "{numeric} * {numeric}",
            "{numeric} - {int4}",
            "round({numeric}, 1)",
            "{int4} / 4.0",
        ),
        *("trunc({numeric})", "{int4}::numeric", "ceil({numeric})", "floor({numeric})", "mod({numeric}, 3)"),
        *(
            "{numeric} / 3",
            "extract(epoch from {interval})",
            "extract(day from {timestamp})",
            "{numeric}::numeric(9, 2)",
        ),
        *("date_part('month', {date})::numeric", "abs({numeric})", "sign({numeric})", "scale({numeric})::numeric"),
    ),
    FLOAT: ("{float8} + {float8}", "{float8} * 2", "{int4}::float8 / 4", "sqrt(abs({float8}))", "round({float8})"),
    TEXT: (
        *("{text} || {text}", "upper({text})", "lower({text})", "substr({text}, 1, 2)", "replace({text}, 'a', 'x')"),
        *("{any}::text", "coalesce({text}, 'none')", "concat({any}, {text}, {int4})", "concat_ws('-', {text}, {any})"),
        *(
            "lpad({text}, 4, '*')",
            "left({text}, -1)",
            "reverse({text})",
            "split_part({text}, 'b', 1)",
            "repeat({text}, 2)",
        ),
        *("to_char({date}, 'YYYY-MM-DD Dy')", "to_char({numeric}, 'FM990.00')", "format('%s=%L', {text}, {any})"),
        *("md5({text})", "substring({text} from '[a-b]+')", "regexp_replace({text}, '[ab]', 'q', 'g')", "trim({text})"),
        *("array_to_string({text[]}, ',', '?')", "{jsonb} ->> 'b'", "initcap({text})", "translate({text}, 'ab', 'yz')"),
        *("quote_literal({text})", "quote_ident({text})", "overlay({text} placing 'XX' from 1)", "({text[]})[2]"),
        *(
            "jsonb_typeof({jsonb})",
            "pg_typeof({any})::text",
            "to_char({timestamp}, 'HH12:MI:SS AM')",
            "btrim({text}, 'a')",
        ),
        *('{text} COLLATE "C"', "chr(97 + abs({int4} % 20))", "to_hex({int4})", "encode({text}::bytea, 'hex')"),
    ),
    DATE: ("{date} + 1", "{date} - {int4} % 100", "{timestamp}::date", "coalesce({date}, date '2000-01-01')"),
    TIMESTAMP: (
        *("{date}::timestamp", "{timestamp} + {interval}", "date_trunc('month', {timestamp})", "{date} + time '10:00'"),
        *("{timestamp} - {interval}", "make_timestamp(2020, 1, 2, 3, 4, 5.5)", "greatest({timestamp}, {timestamp})"),
    ),
    INTERVAL: (
        "{timestamp} - {timestamp}",
        "{interval} * 2",
        "age({timestamp}, {timestamp})",
        "- {interval}",
        "{interval} / 3",
    ),
    INTS: (
        "array[{int4}, {int4}]",
        "{int4[]} || {int4}",
        "array_append({int4[]}, {int4})",
        "({int4[]})[1:2]",
        "array_remove({int4[]}, 2)",
    ),
    TEXTS: (
        "array[{text}]",
        "string_to_array({text}, 'b')",
        "{text[]} || {text[]}",
        "regexp_split_to_array({text}, 'a')",
    ),
    JSONB: (
        *("to_jsonb({any})", "jsonb_build_object('k', {any})", "jsonb_build_array({any}, {int4})", "{jsonb} -> 'b'"),
        *(
            "{jsonb} || {jsonb}",
            "{jsonb} #> '{b,0}'",
            "jsonb_strip_nulls({jsonb})",
            "jsonb_build_object('a', {any}) - 'a'",
        ),
        "jsonb_set(jsonb_build_object('a', {int4}), '{a}', to_jsonb({any}))",
    ),
}
_AGGREGATES: Final[dict[str, tuple[str, ...]]] = {
    BOOL: ("bool_and({bool})", "bool_or({bool})"),
    INT: ("min({int4})", "max({int4})", "count({any})::int4", "bit_and({int4})"),
    BIGINT: ("count(*)", "count({any})", "count(DISTINCT {any})", "sum({int4})", "regr_count({float8}, {float8})"),
    NUMERIC: (
        "sum({numeric})",
        "avg({int4})",
        "avg({numeric})",
        "sum({int8})",
        "var_samp({int4})",
        "stddev({numeric})",
    ),
    FLOAT: (
        "avg({float8})",
        "max({float8})",
        "percentile_cont(0.5) WITHIN GROUP (ORDER BY {float8})",
        "corr({float8}, {float8})",
    ),
    TEXT: (
        *("min({text})", "max({text})", "string_agg({text}, ',' ORDER BY {same})"),
        *("mode() WITHIN GROUP (ORDER BY {text})", "string_agg(DISTINCT {text}, '|')"),
    ),
    DATE: ("min({date})", "max({date})"),
    TIMESTAMP: ("min({timestamp})", "max({timestamp})"),
    INTERVAL: ("sum({interval})", "max({interval})", "avg({interval})"),
    INTS: ("array_agg({int4} ORDER BY {same} DESC NULLS LAST)", "array_agg(DISTINCT {int4})"),
    TEXTS: ("array_agg({text} ORDER BY {same})", "array_agg(DISTINCT {text})"),
    JSONB: ("jsonb_agg({text} ORDER BY {same})", "jsonb_agg(DISTINCT {any})", "jsonb_object_agg('k' || {int4} % 3, 1)"),
}
# Of those that stand before OVER, only.
_WINDOW_CALLS: Final[dict[str, tuple[str, ...]]] = {
    BIGINT: ("row_number()", "rank()", "dense_rank()"),
    INT: ("ntile(3)", "lag({int4})", "lead({int4}, 2, 0)", "first_value({int4})", "nth_value({int4}, 2)"),
    FLOAT: ("percent_rank()", "cume_dist()"),
    TEXT: ("lag({text}, 1, 'none')", "last_value({text})"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column in scope, as it is written."""

    name: str
    type: str


class Expressions:
    """Makes expressions over the columns it was given."""

    def __init__(
        self, dice: random.Random, columns: Sequence[Column], subquery: Callable[[str], str] | None = None
    ) -> None:
        self._dice, self._columns, self._subquery = dice, columns, subquery

    def make(self, wanted: str, depth: int = 2) -> str:
        """An expression of this type, in brackets where it is one of several words."""
        dice = self._dice
        fitting = [each.name for each in self._columns if each.type == wanted]
        if depth <= 0 or dice.random() < 0.3:
            if fitting and dice.random() < 0.8:
                return dice.choice(fitting)
            return dice.choice(_CONSTANTS[wanted]) if dice.random() < 0.93 else f"NULL::{wanted}"
        if self._subquery is not None and dice.random() < 0.06:
            return f"({self._subquery(wanted)})"
        if dice.random() < 0.12:
            return self._choice(wanted, depth)
        return self._fill(dice.choice(_FORMS[wanted]), depth)

    def aggregate(self, wanted: str) -> str:
        """A call of an aggregate, with FILTER now and then."""
        form = self._dice.choice(_AGGREGATES[wanted])
        if self._dice.random() < 0.2 and "::" not in form:
            form += " FILTER (WHERE {bool})"
        return self._fill(form, 1)

    def window_call(self, wanted: str) -> str | None:
        """A call for before OVER, if there is one of this type."""
        forms = [*_WINDOW_CALLS.get(wanted, ())]
        forms += [each for each in _AGGREGATES[wanted] if "DISTINCT" not in each and "ORDER BY" not in each]
        forms = [each for each in forms if "::" not in each]
        return self._fill(self._dice.choice(forms), 1)[1:-1] if forms else None

    def _choice(self, wanted: str, depth: int) -> str:
        one, other = self.make(wanted, depth - 1), self.make(wanted, depth - 1)
        if self._dice.random() < 0.5:
            return f"CASE WHEN {self.make(BOOL, depth - 1)} THEN {one} ELSE {other} END"
        some = self._dice.choice(TYPES)
        return f"CASE {self.make(some, depth - 1)} WHEN {self.make(some, depth - 1)} THEN {one} ELSE {other} END"

    def _fill(self, form: str, depth: int) -> str:
        some, last = self._dice.choice(TYPES), ""

        def fill(match: re.Match[str]) -> str:
            nonlocal last
            if match[1] != "same":
                last = self.make(some if match[1] == "any" else match[1], depth - 1)
            return last

        return f"({_PLACE.sub(fill, form)})"
