"""The table of conditions: every row can be said, is said somewhere, and with its own words only."""

import ast
import string
from functools import cache
from pathlib import Path

import pytest

from protocol.sqlstate import SqlState
from server.errors import Condition, Head, OdpsError, Severity, diagnostic

ROOT = Path(__file__).parents[3]


def placeholders(condition: Condition) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(condition.text) if name is not None}


@cache
def trees() -> tuple[ast.Module, ...]:
    paths = [path for package in ("protocol", "server") for path in (ROOT / package).rglob("*.py")]
    return tuple(ast.parse(path.read_text()) for path in paths)


def condition_of(node: ast.expr) -> Condition | None:
    """The condition that an expression `Condition.NAME` names."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Condition":
        return Condition[node.attr]
    return None


def mentions() -> set[Condition]:
    found = {condition_of(node) for tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return {condition for condition in found if condition is not None}


def calls() -> list[tuple[Condition, set[str]]]:
    """(condition, names of the arguments) of every error and notice that the code makes."""
    found: list[tuple[Condition, set[str]]] = []
    for tree in trees():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id not in ("OdpsError", "diagnostic") or not node.args:
                continue
            condition = condition_of(node.args[0])
            names = {keyword.arg for keyword in node.keywords}
            if condition is not None and None not in names:
                found.append((condition, {name for name in names if name is not None}))
    return found


@pytest.mark.parametrize("condition", Condition)
def test_text_is_filled_in(condition: Condition) -> None:
    words = {name: f"<{name}>" for name in placeholders(condition)}

    made = OdpsError(condition, at=None, detail=None, hint=None, **words)

    assert made.condition is condition
    assert all(word in made.diagnostic.text for word in words.values())
    assert "{" not in made.diagnostic.text
    assert str(made) == made.diagnostic.message()


@pytest.mark.parametrize("condition", Condition)
def test_row_is_of_its_types(condition: Condition) -> None:
    assert isinstance(condition.head, Head)
    assert condition.sqlstate in SqlState
    assert condition.severity in Severity
    assert not placeholders(condition) & {"at", "detail", "hint", "condition"}


@pytest.mark.parametrize("condition", Condition)
def test_warnings_and_errors_have_their_sqlstates(condition: Condition) -> None:
    completes = condition.sqlstate[:2] in ("00", "01")

    assert not (completes and condition.severity in (Severity.ERROR, Severity.FATAL))


def test_every_condition_is_used() -> None:
    assert set(Condition) - mentions() == set()


def test_every_sqlstate_is_used() -> None:
    attributes = {
        node.attr
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "SqlState"
    }

    assert {state.name for state in SqlState} - attributes == set()


def test_every_error_is_made_with_the_words_of_its_row() -> None:
    found = calls()

    assert len(found) > 50
    wrong = [
        (condition.name, arguments ^ placeholders(condition))
        for condition, names in found
        if (arguments := names - {"at", "detail", "hint"}) != placeholders(condition)
    ]
    assert wrong == []


def test_a_missing_word_is_a_fault() -> None:
    with pytest.raises(KeyError, match="model"):
        diagnostic(Condition.MODEL_NOT_FOUND)


@pytest.mark.parametrize(
    ("condition", "words", "message"),
    [
        (
            Condition.INVALID_TOKEN,
            {"token": "x"},
            "ODPS-0130161:[2,3] Parse exception - invalid token 'x'",
        ),
        (
            Condition.NAME_EMPTY,
            {"kind": "model"},
            "ODPS-0130071:[2,3] Semantic analysis exception - model name is empty",
        ),
        (
            Condition.MODEL_NOT_FOUND,
            {"model": "p.default.m"},
            "ODPS-0110061: Failed to run ddltask - Model p.default.m does not exist",
        ),
        (Condition.SETTING_UNKNOWN, {"name": "x"}, 'unrecognized configuration parameter "x"'),
    ],
)
def test_message_with_its_head_and_place(condition: Condition, words: dict[str, str], message: str) -> None:
    made = diagnostic(condition, at=None, detail=None, hint=None, **words)

    assert made.message("abc\n\u4e2dbc", 6) == message


@pytest.mark.parametrize(
    ("source", "at", "place"),
    [("abc", 0, "1,1"), ("abc", 3, "1,4"), ("a\nb", 1, "1,2"), ("a\nb", 2, "2,1"), ("\n\n\U0001f600x", 3, "3,2")],
)
def test_line_and_column_count_characters_from_one(source: str, at: int, place: str) -> None:
    made = diagnostic(Condition.NAME_EMPTY, kind="model")

    assert made.message(source, at).startswith(f"ODPS-0130071:[{place}] ")


def test_no_place_is_zero() -> None:
    assert diagnostic(Condition.NAME_EMPTY, kind="model").message().startswith("ODPS-0130071:[0,0] ")
