"""Which function is chosen, by its OID in PostgreSQL 15."""

import pytest

from protocol.types import DATE, FLOAT8, INT4, INT8, NAME, NUMERIC, TEXT, TIMESTAMPTZ, UNKNOWN, VARCHAR, Oid
from server.query.binder.overloads import (
    AMBIGUOUS,
    Ambiguous,
    Candidate,
    choose_function,
    find_candidates,
    resolve_operator,
)
from server.query.postgres.operators import Operator

_PATH = ("pg_catalog",)


@pytest.mark.parametrize(
    ("name", "left", "right", "types"),
    [
        ("+", INT4, INT8, (INT4, INT8)),
        ("+", INT4, UNKNOWN, (INT4, INT4)),
        ("+", NUMERIC, INT4, (NUMERIC, NUMERIC)),
        ("+", FLOAT8, NUMERIC, (FLOAT8, FLOAT8)),
        ("=", VARCHAR, UNKNOWN, (TEXT, TEXT)),
        ("=", NAME, TEXT, (NAME, TEXT)),
        ("||", TEXT, INT4, (TEXT, Oid(2776))),
        ("||", UNKNOWN, UNKNOWN, (TEXT, TEXT)),
        ("~", NAME, UNKNOWN, (NAME, TEXT)),
        ("-", DATE, UNKNOWN, (DATE, DATE)),
        ("<", DATE, TIMESTAMPTZ, (DATE, TIMESTAMPTZ)),
    ],
)
def test_an_operator_is_chosen_by_its_operands(name: str, left: Oid, right: Oid, types: tuple[Oid, Oid]) -> None:
    found = resolve_operator(name, left, right)

    assert isinstance(found, Operator)
    assert (found.left, found.right) == types


def test_two_operands_of_unknown_type_can_be_too_little() -> None:
    assert resolve_operator("+", UNKNOWN, UNKNOWN) is AMBIGUOUS


def test_there_may_be_no_operator() -> None:
    assert resolve_operator("=", INT4, TEXT) is None


def _choose(name: str, *types: Oid) -> Candidate | Ambiguous | None:
    return choose_function(find_candidates(name, _PATH, len(types)), types)


@pytest.mark.parametrize(
    ("name", "types", "chosen"),
    [
        ("abs", (INT8,), (INT8,)),
        ("abs", (UNKNOWN,), (FLOAT8,)),
        ("round", (INT4,), (FLOAT8,)),
        ("round", (INT4, INT4), (NUMERIC, INT4)),
        ("length", (UNKNOWN,), (TEXT,)),
        ("length", (VARCHAR,), (TEXT,)),
        ("format", (TEXT, INT4, INT4), (TEXT, Oid(2276), Oid(2276))),
        ("generate_series", (INT4, INT8), (INT8, INT8)),
    ],
)
def test_a_function_is_chosen_by_its_arguments(name: str, types: tuple[Oid, ...], chosen: tuple[Oid, ...]) -> None:
    found = _choose(name, *types)

    assert isinstance(found, Candidate)
    assert found.types == chosen


def test_a_variadic_parameter_takes_what_is_left() -> None:
    found = _choose("concat", INT4, TEXT, DATE)

    assert isinstance(found, Candidate)
    assert found.spread == 3


def test_named_arguments_find_their_parameters() -> None:
    (found,) = find_candidates("make_interval", _PATH, 1, ("days",))

    assert found.positions == (3,)
    assert found.missing == (0, 1, 2, 4, 5, 6)


def test_functions_of_other_schemas_are_not_seen() -> None:
    assert find_candidates("_pg_expandarray", _PATH, 1) == []
    assert find_candidates("_pg_expandarray", ("information_schema",), 1) != []
