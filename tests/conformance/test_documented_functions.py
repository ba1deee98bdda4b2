"""How much of what chapter 9 of PostgreSQL 15's manual documents is here, by the rows of pg_proc and pg_operator."""

import re
from pathlib import Path

import pytest

import server.query.functions.loading  # noqa: F401 - registers the functions
from protocol.types import TSQUERY, TSVECTOR, XML
from server.query.functions.registry import find_aggregate, find_function
from server.query.functions.signature import Function, FunctionKind
from server.query.postgres.files import read_file
from server.query.postgres.functions import find_function_by_oid, functions_named

ROOT = Path(__file__).parents[2]
MANUAL = Path(__file__).with_name("manual") / "functions.txt"
_WITHOUT_FUNCTIONS = frozenset((TSVECTOR, TSQUERY, XML))
HEADING = "### Functions that are not here"


def _documented() -> set[str]:
    lines = [line for line in MANUAL.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {name for line in lines for name in line.partition(":")[2].split()}


def _is_here(function: Function) -> bool:
    if function.kind is FunctionKind.AGGREGATE:
        return find_aggregate(function) is not None
    # Window functions are the evaluator's own, and all there.
    return function.kind is FunctionKind.WINDOW or find_function(function) is not None


def _missing() -> set[str]:
    """The names of which some overload is not here, but for the types that have no functions at all."""
    return {
        function.name
        for name in _documented()
        for function in functions_named(name)
        if not _is_here(function) and _WITHOUT_FUNCTIONS.isdisjoint((*function.arguments, function.result))
    }


def _listed() -> set[str]:
    page = (ROOT / "docs" / "statements.md").read_text(encoding="utf-8")
    section = page.partition(HEADING)[2].partition("\n#")[0]
    return set(re.findall(r"`(\w+)`", section))


@pytest.mark.parametrize("name", sorted(_documented()))
def test_documented_name_is_one_of_pg_proc(name: str) -> None:
    assert functions_named(name)


def test_page_lists_what_is_not_here() -> None:
    assert _listed() == _missing()


def test_most_of_what_is_documented_is_here() -> None:
    functions = [function for name in _documented() for function in functions_named(name)]

    here = sum(map(_is_here, functions))

    # All but text search, XML, and what works on files, triggers, replication and types that nobody can make here.
    assert here >= 0.89 * len(functions), f"{here} of {len(functions)}"


def test_operators_are_here_but_those_of_text_search_and_enumerations() -> None:
    file = read_file("pg_operator")
    assert file is not None
    code = file.columns["oprcode"]
    functions = {find_function_by_oid(int(row[code] or 0)) for row in file.rows}
    missing = {each.name for each in functions if each is not None and not _is_here(each)}

    assert {name for name in missing if not re.match(r"ts|enum_|aclinsert|aclremove", name)} == set()
