"""One call, operator, cast or aggregate over constants: every one that PostgreSQL 15 lists and that has such arguments.

What is called has to give the same each time and must not reach the server's state, so the volatile ones are left out,
and of the stable ones all that speak of the catalog.
"""

import random
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Final

from protocol.types import Oid
from server.query.functions.signature import Function, FunctionKind
from server.query.postgres.casts import Cast, all_casts
from server.query.postgres.functions import all_functions
from server.query.postgres.operators import Operator, all_operators
from server.query.postgres.types import find_type
from tests.conformance.random_queries.samples import FAMILIES, SAMPLES, constant

# What speaks of the server's state or of its objects, or has no page in the manual: the functions behind indexes,
# behind types' input and output, and behind aggregates.
_LEFT_OUT: Final = re.compile(
    r"pg_|has_|xml|query_to_|cursor_to_|table_to_|schema_to_|database_to_|txid_|(mx)?id_age|inet_|current_|ts_"
    r"|in_range|to_reg|hash|.*(cmp|cmp_.*|_support|_transfn|_finalfn|_combine|_accum|typmodin|typmodout|_canonical"
    r"|_subdiff|_sortsupport|_recheck|_consistent|_penalty|_union|_picksplit|_same|_validator|_statefunc|_selfuncs)$"
)
_LEFT_OUT_NAMES: Final = frozenset(
    {"now", "row_security_active", "obj_description", "col_description", "shobj_description", "getdatabaseencoding"}
    | {
        "getpgusername",
        "session_user",
        "version",
        "statement_timestamp",
        "transaction_timestamp",
        "aclexplode",
        "acldefault",
    }
)


def random_calls(dice: random.Random) -> Iterator[str]:
    """The texts of SELECTs, one for each of what there is, in a random order and with random arguments."""
    makers = [*_makers()]
    dice.shuffle(makers)
    for make in makers:
        text = make(dice)
        if text is not None:
            yield text


Maker = Callable[[random.Random], str | None]


@cache
def _makers() -> tuple[Maker, ...]:
    return (
        *(partial(_call, function=each) for each in all_functions() if not _is_left_out(each)),
        *(partial(_operation, operator=each) for each in all_operators()),
        *(partial(_cast, cast=each) for each in all_casts()),
    )


def _is_left_out(function: Function) -> bool:
    return (
        function.volatile
        or function.schema != "pg_catalog"
        or function.kind is FunctionKind.WINDOW
        or function.name in _LEFT_OUT_NAMES
        or _LEFT_OUT.match(function.name) is not None
    )


def _call(dice: random.Random, function: Function) -> str | None:
    family = dice.choice(FAMILIES)
    least = len(function.arguments) - function.defaults
    count = dice.randint(least, len(function.arguments))
    if function.kind is FunctionKind.AGGREGATE:
        return _aggregation(dice, function, family)
    arguments = [_argument(dice, oid, family) for oid in function.arguments[:count]]
    if None in arguments:
        return None
    written = [each for each in arguments if each is not None]
    if function.variadic and count == len(function.arguments):
        written[-1] = f"VARIADIC {written[-1]}"
    call = f'"{function.name}"({", ".join(written)})'
    if function.outputs:
        return f"SELECT * FROM {call}"
    return f"SELECT {call}"


def _aggregation(dice: random.Random, function: Function, family: dict[str, str]) -> str | None:
    rows = []
    for _ in range(dice.randint(0, 5)):
        row = [_argument(dice, oid, family) for oid in function.arguments]
        if None in row:
            return None
        rows.append(f"({', '.join([str(dice.randint(0, 2)), *(each for each in row if each is not None)])})")
    if not rows or not function.arguments:
        return None
    names = [f"c{number}" for number in range(len(function.arguments) + 1)]
    distinct = dice.choice(("", "", "DISTINCT "))
    order = "" if distinct else " ORDER BY c0, " + ", ".join(f"{each}::text" for each in names[1:])
    return (
        f'SELECT "{function.name}"({distinct}{", ".join(names[1:])}{order}) FROM (VALUES {", ".join(rows)})'
        f" AS v({', '.join(names)})"
    )


def _operation(dice: random.Random, operator: Operator) -> str | None:
    family = dice.choice(FAMILIES)
    first = "" if not operator.left else _argument(dice, operator.left, family)
    second = _argument(dice, operator.right, family)
    if first is None or second is None:
        return None
    return f"SELECT {first} {operator.name} {second}"


def _cast(dice: random.Random, cast: Cast) -> str | None:
    value, row = _argument(dice, cast.source, {}), find_type(cast.target)
    if value is None or row is None or row.name not in SAMPLES:
        return None
    name = {"char": '"char"', "bit": '"bit"'}.get(row.name, row.name)
    return f"SELECT ({value})::{name}"


def _argument(dice: random.Random, oid: Oid, family: dict[str, str]) -> str | None:
    row = find_type(oid)
    if row is None:
        return None
    name = family.get(row.name, row.name)
    texts = SAMPLES.get(name)
    if not texts:
        return None
    if dice.random() < 0.04:
        return constant(name, "").replace("''", "NULL", 1).removeprefix("E")
    return constant(name, dice.choice(texts))
