"""Finds, by its first words, who reads a statement and under which lexical rule.

A new statement is a function and an entry of `_ROUTES`; the longest head that fits wins.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from server.dialect import (
    copying,
    embedded,
    facts,
    history,
    models,
    namespaces,
    notifications,
    preparations,
    privileges,
    result_cursors,
    select,
    settings,
    transactions,
    users,
)
from server.dialect.cursor import Cursor
from server.dialect.embedded import Finder, Inner, find_closing
from server.dialect.lexical import Rule, Word, find_words, skip_blank
from server.dialect.refusals import MOST_WORDS, refusal
from server.dialect.tokens import check_text
from server.errors import Condition, OdpsError
from server.statements import Statement


@dataclass(frozen=True, slots=True)
class Route:
    """Who reads the statement, from the token after the head on."""

    parse: Callable[[Cursor], Statement]
    rule: Rule = Rule.MAXCOMPUTE


@dataclass(frozen=True, slots=True)
class Frame:
    """Who reads a statement of PostgreSQL's around another statement, which has a route of its own."""

    parse: Callable[[Cursor, Inner], Statement]
    find: Finder
    rule: Rule = Rule.POSTGRES


@dataclass(frozen=True, slots=True)
class Whole:
    """Who reads the statement from its first character on, with tokens of its own."""

    parse: Callable[[str, Rule], Statement]
    rule: Rule = Rule.POSTGRES


_P: Final = Rule.POSTGRES
_SELECT: Final = Whole(select.parse_select)
_ROUTES: Final[dict[str, Route | Frame | Whole]] = {
    "CREATE MODEL": Route(models.parse_create_model),
    "CREATE OR REPLACE MODEL": Route(models.parse_replace_model),
    "ALTER MODEL": Route(models.parse_alter_model),
    "DROP MODEL": Route(models.parse_drop_model),
    "DESC": Route(models.parse_describe),
    "DESCRIBE": Route(models.parse_describe),
    "SHOW FLAGS": Route(settings.parse_show_flags),
    "SHOW MODELS": Route(models.parse_show_models),
    "SHOW SCHEMAS": Route(namespaces.parse_show_schemas),
    "SHOW VERSIONS": Route(models.parse_show_versions),
    "SHOW HISTORY": Route(history.parse_show_history),
    "SHOW DROPPED MODELS": Route(history.parse_show_dropped),
    "ROLLBACK MODEL": Route(history.parse_rollback_model),
    "UNDROP MODEL": Route(history.parse_undrop),
    "PURGE MODEL": Route(history.parse_purge),
    "SHOW CREATE MODEL": Route(models.parse_show_create_model),
    "CREATE DATABASE": Route(namespaces.parse_create_project),
    "CREATE PROJECT": Route(namespaces.parse_create_project),
    "DROP DATABASE": Route(namespaces.parse_drop_project),
    "DROP PROJECT": Route(namespaces.parse_drop_project),
    "CREATE SCHEMA": Route(namespaces.parse_create_schema),
    "DROP SCHEMA": Route(namespaces.parse_drop_schema),
    "RECORD": Route(facts.parse_record),
    "USE": Route(namespaces.parse_use),
    "SET": Route(settings.parse_set, _P),
    "SHOW": Route(settings.parse_show, _P),
    "RESET": Route(settings.parse_reset, _P),
    "DISCARD": Route(settings.parse_discard, _P),
    "BEGIN": Route(transactions.parse_begin, _P),
    "START TRANSACTION": Route(transactions.parse_start_transaction, _P),
    "COMMIT": Route(transactions.parse_commit, _P),
    "END": Route(transactions.parse_commit, _P),
    "ROLLBACK": Route(transactions.parse_rollback, _P),
    "ABORT": Route(transactions.parse_abort, _P),
    "SAVEPOINT": Route(transactions.parse_savepoint, _P),
    "RELEASE": Route(transactions.parse_savepoint_name, _P),
    "PREPARE": Frame(preparations.parse_prepare, embedded.after_as),
    "EXECUTE": Route(preparations.parse_execute, _P),
    "DEALLOCATE": Route(preparations.parse_deallocate, _P),
    "DECLARE": Frame(result_cursors.parse_declare, embedded.after_for),
    "FETCH": Route(result_cursors.parse_fetch, _P),
    "MOVE": Route(result_cursors.parse_move, _P),
    "CLOSE": Route(result_cursors.parse_close, _P),
    "LISTEN": Route(notifications.parse_listen, _P),
    "UNLISTEN": Route(notifications.parse_unlisten, _P),
    "NOTIFY": Route(notifications.parse_notify, _P),
    "COPY": Frame(copying.parse_copy, embedded.in_parentheses),
    "ADD USER": Route(privileges.parse_add_user),
    "CREATE USER": Route(users.parse_create_user, _P),
    "CREATE ROLE": Route(users.parse_create_role, _P),
    "ALTER USER": Route(users.parse_alter_user, _P),
    "ALTER ROLE": Route(users.parse_alter_user, _P),
    "REMOVE USER": Route(privileges.parse_remove_user),
    "GRANT": Route(privileges.parse_grant),
    "REVOKE": Route(privileges.parse_revoke),
    "LIST USERS": Route(privileges.parse_list_users),
    "LIST ROLES": Route(privileges.parse_list_roles),
    "DESC ROLE": Route(privileges.parse_describe_role),
    "DESCRIBE ROLE": Route(privileges.parse_describe_role),
    "SHOW GRANTS": Route(privileges.parse_show_grants),
    "SHOW ACL": Route(privileges.parse_show_acl),
    "WHOAMI": Route(privileges.parse_whoami),
    "DROP USER": Route(users.parse_drop_user, _P),
    "DROP ROLE": Route(users.parse_drop_role, _P),
    "CHECKPOINT": Route(users.parse_checkpoint, _P),
    "SELECT": _SELECT,
    "VALUES": _SELECT,
    "TABLE": _SELECT,
    "WITH": _SELECT,
    "(": _SELECT,
    "EXPLAIN": Whole(select.parse_explain),
}
_LONGEST_HEAD: Final = max(len(head.split()) for head in _ROUTES)
_FIRST_WORDS: Final = frozenset(head.split()[0] for head in _ROUTES)
# What may follow a first word that is no statement by itself, each once and in the order of the table.
_SECOND_WORDS: Final = {
    first: tuple(dict.fromkeys(head.split()[1] for head in _ROUTES if head.startswith(first + " ")))
    for first in _FIRST_WORDS.difference(_ROUTES)
}


class _Found(NamedTuple):
    """A route, the head that led to it, and where that stands."""

    route: Route | Frame | Whole
    head: tuple[str, ...]
    start: int
    end: int


class Region(NamedTuple):
    """A stretch of a statement that is read under one lexical rule; `start` and `end` in characters from 0."""

    start: int
    rule: Rule
    closed: bool = False


def find_region(text: str, position: int, *, standard_conforming_strings: bool = True) -> Region:
    """The first region of the statement at `position` that can hold a semicolon in quotes.

    It begins at `position`, or at the statement within another one; `closed` says that a parenthesis ends it
    and PostgreSQL's rule holds behind.
    """
    found = _find_route(_find_head(text, position))
    if found is not None and isinstance(found.route, Frame):
        start = found.route.find(text, found.end)
        if start is not None:
            inner = _find_route(_find_head(text, skip_blank(text, start.position)))
            rule = _rule(inner, standard_conforming_strings)
            return Region(start.position, rule, start.closed)
    return Region(position, _rule(found, standard_conforming_strings))


def parse_text(text: str, *, standard_conforming_strings: bool = True) -> Statement:
    """Read one statement.

    Args:
        text: nothing but the statement.
        standard_conforming_strings: off, a backslash escapes in the strings of session statements too.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    check_text(text)
    begin = skip_blank(text, 0)
    found = _find_route(_find_head(text, begin))
    if found is None:
        raise refusal(text, find_words(text, begin, MOST_WORDS), _SECOND_WORDS)
    rule = _rule(found, standard_conforming_strings)
    match found.route:
        case Frame():
            return _parse_frame(text, found, found.route, standard_conforming_strings)
        case Whole(parse):
            return parse(text, rule)
        case Route(parse):
            cursor = Cursor(text, rule)
            cursor.expect(*found.head)
            return parse(cursor)


def _parse_frame(text: str, found: _Found, frame: Frame, standard_conforming_strings: bool) -> Statement:
    """Cut the statement within out of the one around it; blanks in its place keep every other place."""
    region = find_region(text, found.start, standard_conforming_strings=standard_conforming_strings)
    start, end = region.start, len(text)
    around = text
    if start != found.start:
        if region.closed:
            end = find_closing(text, start, region.rule)
        around = text[:start] + " " * (end - start) + text[end:] if region.closed else text[:start]

    def read() -> Statement:
        within = " " * start + text[start:end]
        inner = _find_route(_find_head(within, skip_blank(within, 0)))
        if inner is not None and isinstance(inner.route, Frame):
            # One level only: no statement of ours may stand deeper, and the stack is finite.
            raise OdpsError(Condition.NOT_SUPPORTED, at=inner.start, statement=f"{inner.head[0]} in {found.head[0]}")
        return parse_text(within, standard_conforming_strings=standard_conforming_strings)

    cursor = Cursor(around, _rule(found, standard_conforming_strings))
    cursor.expect(*found.head)
    return frame.parse(cursor, Inner(text, start, read))


def _rule(found: _Found | None, standard_conforming_strings: bool) -> Rule:
    """PostgreSQL's when the statement is not known."""
    rule = Rule.POSTGRES if found is None else found.route.rule
    if rule is Rule.POSTGRES and not standard_conforming_strings:
        return Rule.POSTGRES_BACKSLASH
    return rule


def _find_head(text: str, position: int) -> list[Word]:
    """The words that a statement begins with; a parenthesis, which begins a query, counts as one."""
    if text.startswith("(", position):
        return [Word("(", position, position + 1)]
    return find_words(text, position, _LONGEST_HEAD)


def _find_route(words: list[Word]) -> _Found | None:
    """The route of the longest head that fits."""
    if not words or words[0].text.upper() not in _FIRST_WORDS:
        return None
    head = [word.text.upper() for word in words]
    while head:
        route = _ROUTES.get(" ".join(head))
        if route is not None:
            return _Found(route, tuple(head), words[0].start, words[len(head) - 1].end)
        head.pop()
    return None
