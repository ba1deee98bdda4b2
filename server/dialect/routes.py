"""Finds, by its first words, who reads a statement and under which lexical rule.

A new statement is a function and an entry of `_ROUTES`; the longest head that fits wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from server.dialect import models, namespaces, sessions
from server.dialect.cursor import Cursor
from server.dialect.lexical import Rule, Word, find_words, skip_blank
from server.dialect.refusals import refusal
from server.dialect.tokens import check_text
from server.statements import Statement


@dataclass(frozen=True, slots=True)
class Route:
    """Who reads the statement, from the token after the head on."""

    parse: Callable[[Cursor], Statement]
    rule: Rule = Rule.MAXCOMPUTE


_P: Final = Rule.POSTGRES
_ROUTES: Final[dict[str, Route]] = {
    "CREATE MODEL": Route(models.parse_create_model),
    "CREATE OR REPLACE MODEL": Route(models.refuse_replacing),
    "ALTER MODEL": Route(models.parse_alter_model),
    "DROP MODEL": Route(models.parse_drop_model),
    "DESC": Route(models.parse_describe),
    "DESCRIBE": Route(models.parse_describe),
    "SHOW MODELS": Route(models.parse_show_models),
    "SHOW VERSIONS": Route(models.parse_show_versions),
    "SHOW CREATE MODEL": Route(models.parse_show_create_model),
    "CREATE DATABASE": Route(namespaces.parse_create_project),
    "CREATE PROJECT": Route(namespaces.parse_create_project),
    "DROP DATABASE": Route(namespaces.parse_drop_project),
    "DROP PROJECT": Route(namespaces.parse_drop_project),
    "CREATE SCHEMA": Route(namespaces.parse_create_schema),
    "DROP SCHEMA": Route(namespaces.parse_drop_schema),
    "USE": Route(namespaces.parse_use),
    "SET": Route(sessions.parse_set, _P),
    "SHOW": Route(sessions.parse_show, _P),
    "RESET": Route(sessions.parse_reset, _P),
    "BEGIN": Route(sessions.parse_begin, _P),
    "START TRANSACTION": Route(sessions.parse_start_transaction, _P),
    "COMMIT": Route(sessions.parse_commit, _P),
    "END": Route(sessions.parse_commit, _P),
    "ROLLBACK": Route(sessions.parse_rollback, _P),
    "ABORT": Route(sessions.parse_abort, _P),
    "SAVEPOINT": Route(sessions.parse_savepoint, _P),
    "RELEASE": Route(sessions.parse_savepoint_name, _P),
}
_LONGEST_HEAD: Final = max(len(head.split()) for head in _ROUTES)
_FIRST_WORDS: Final = frozenset(head.split()[0] for head in _ROUTES)


def find_rule(text: str, position: int) -> Rule:
    """The lexical rule of the statement that begins at `position`; PostgreSQL's when it is not known."""
    found = _find_route(find_words(text, position, _LONGEST_HEAD))
    return Rule.POSTGRES if found is None else found[0].rule


def parse_text(text: str, *, standard_conforming_strings: bool = True) -> Statement:
    """Read one statement.

    Args:
        standard_conforming_strings: off, a backslash escapes in the strings of session statements too.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    check_text(text)
    words = find_words(text, skip_blank(text, 0), _LONGEST_HEAD)
    found = _find_route(words)
    if found is None:
        raise refusal(text, words)
    route, length = found
    rule = route.rule
    if rule is Rule.POSTGRES and not standard_conforming_strings:
        rule = Rule.POSTGRES_BACKSLASH
    cursor = Cursor(text, rule)
    cursor.expect(*(word.text.upper() for word in words[:length]))
    return route.parse(cursor)


def _find_route(words: list[Word]) -> tuple[Route, int] | None:
    """The route of the longest head that fits, and how many words that is."""
    if not words or words[0].text.upper() not in _FIRST_WORDS:
        return None
    for length in range(len(words), 0, -1):
        route = _ROUTES.get(" ".join(word.text.upper() for word in words[:length]))
        if route is not None:
            return route, length
    return None
