"""The functions and operators that take a jsonpath.

Source: PostgreSQL manual, "The SQL/JSON Path Language", "JSON Processing Functions"; PostgreSQL 15, jsonpath_exec.c.
"""

from collections.abc import Iterator
from typing import Final

from protocol.jsonb import read_jsonb, too_deep, write_jsonb
from protocol.jsonpath_input import read_jsonpath
from protocol.jsonpath_nodes import Expression
from protocol.sqlstate import SqlState
from server.query.functions.jsonpath_evaluation import Evaluation
from server.query.functions.jsonpath_methods import PathError
from server.query.functions.registry import function
from server.query.functions.value_errors import invalid_parameter
from server.query.runtime import Runtime

_NOTHING: Final = "{}"


def _evaluate(runtime: Runtime, target: str, path: str, variables: str) -> tuple[Evaluation, Expression]:
    read = read_jsonpath(path)
    known = read_jsonb(variables)
    if not isinstance(known, dict):
        raise invalid_parameter('"vars" argument is not an object')
    evaluation = Evaluation(read_jsonb(target), known, runtime.limits, lax=not read.strict, lenient=not read.strict)
    return evaluation, read.expression


def _items(
    runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False
) -> Iterator[object]:
    """What is found before an error, if that is to be kept silent about."""
    try:
        evaluation, expression = _evaluate(runtime, target, path, variables)
        yield from evaluation.find(expression)
    except PathError:
        if not silent:
            raise
    except RecursionError as error:
        raise too_deep() from error


@function("jsonb_path_exists", "jsonb_path_exists_tz", runtime=True)
def path_exists(
    runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False
) -> bool | None:
    try:
        evaluation, expression = _evaluate(runtime, target, path, variables)
        return evaluation.finds_any(expression)
    except PathError:
        if not silent:
            raise
        return None
    except RecursionError as error:
        raise too_deep() from error


@function("jsonb_path_match", "jsonb_path_match_tz", runtime=True)
def path_match(
    runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False
) -> bool | None:
    found = list(_items(runtime, target, path, variables, silent))
    if len(found) == 1 and (found[0] is None or isinstance(found[0], bool)):
        return found[0]
    if not silent:
        raise PathError("single boolean result is expected", sqlstate=SqlState.SINGLETON_SQL_JSON_ITEM_REQUIRED)
    return None


@function("jsonb_path_exists_opr", runtime=True)
def path_exists_silently(runtime: Runtime, target: str, path: str) -> bool | None:
    return path_exists(runtime, target, path, silent=True)


@function("jsonb_path_match_opr", runtime=True)
def path_match_silently(runtime: Runtime, target: str, path: str) -> bool | None:
    return path_match(runtime, target, path, silent=True)


@function("jsonb_path_query", "jsonb_path_query_tz", runtime=True)
def path_query(
    runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False
) -> Iterator[str]:
    return (write_jsonb(each) for each in _items(runtime, target, path, variables, silent))


@function("jsonb_path_query_array", "jsonb_path_query_array_tz", runtime=True)
def path_query_array(runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False) -> str:
    return write_jsonb(list(_items(runtime, target, path, variables, silent)))


@function("jsonb_path_query_first", "jsonb_path_query_first_tz", runtime=True)
def path_query_first(
    runtime: Runtime, target: str, path: str, variables: str = _NOTHING, silent: bool = False
) -> str | None:
    # PostgreSQL finds them all, and so an error behind the first one.
    found = list(_items(runtime, target, path, variables, silent))
    return write_jsonb(found[0]) if found else None
