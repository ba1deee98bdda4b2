"""Reads SELECT, VALUES, TABLE, WITH and EXPLAIN of them: PostgreSQL 15's grammar, by recursive descent.

`select_tokens` reads the text, `select_cursor` walks over it; of the grammar `select_expressions` reads operators,
`select_primaries` what stands between them, `select_calls` functions, `select_types` types, `select_windows` ORDER BY
and windows, `select_from` FROM and `select_queries` the rest. Here they are tied together.

DEVIATION: what PostgreSQL has and this server has not (SELECT INTO, TABLESAMPLE, SEARCH and CYCLE, data-modifying
WITH, TREAT, XML's functions and IS DOCUMENT) is refused where it is read, and so are DEFAULT, `SETOF` in a cast and
modifiers that are no numbers. FOR UPDATE and its like are taken. EXPLAIN may be prepared.
DEVIATION: names over 63 bytes are cut without the notice.
SILENT: how deep a query may be. See `select_cursor`.
"""

from typing import Final

from server.dialect.explain_options import parse_options
from server.dialect.lexical import Rule
from server.dialect.select_cursor import SelectCursor
from server.dialect.select_expressions import parse_expression
from server.dialect.select_queries import parse_query as read_query
from server.dialect.tokens import check_text
from server.statements.select import Explain, QueryExpression, Select

_STATEMENTS: Final = frozenset({"insert", "update", "delete", "merge", "declare", "create", "refresh", "execute"})


def parse_query(text: str) -> QueryExpression:
    """A query alone, such as the definition of a view; a semicolon may end it.

    Raises:
        OdpsError: with `at` counted in `text`.
    """
    check_text(text)
    cursor = _cursor(text, Rule.POSTGRES)
    query = cursor.query()
    cursor.accept(";")
    cursor.expect_end()
    return query


def parse_select(text: str, rule: Rule = Rule.POSTGRES) -> Select:
    """A query as a statement; `text` went through `tokens.check_text`."""
    cursor = _cursor(text, rule)
    query = cursor.query()
    cursor.expect_end()
    return Select(query, length=len(text))


def parse_explain(text: str, rule: Rule = Rule.POSTGRES) -> Explain:
    """EXPLAIN of a query."""
    cursor = _cursor(text, rule)
    cursor.expect("explain")
    options = parse_options(cursor)
    if cursor.key in _STATEMENTS:
        raise cursor.not_supported(f"EXPLAIN {cursor.key.upper()}")
    query = cursor.query()
    cursor.expect_end()
    return Explain(query, *options, length=len(text))


def _cursor(text: str, rule: Rule) -> SelectCursor:
    return SelectCursor(text, rule, expression=parse_expression, query=read_query)
