"""A place in the tokens of a query, and the small steps of the descent over them.

As `cursor.Cursor` for the other statements, by PostgreSQL's own classes of keywords. Errors show the token they
stumble over, but never a string.

The descent keeps two measures, so that any text ends in a tree that can be walked recursively or in TOO_DEEP:
`enter` counts how deep the descent itself stands, and `height` is the height of the highest tree that was built
since it was last set to 0. Whoever builds a chain to the left (`a + b + c`) sets it, and adds one for each link.
"""

from collections.abc import Callable
from typing import Final, NoReturn

from server.dialect.cursor import MOST_PARAMETERS
from server.dialect.lexical import Rule
from server.dialect.select_keywords import NO_BARE_LABEL, NO_COLUMN, NO_FUNCTION
from server.dialect.select_tokens import Sort, Token, read_tokens
from server.errors import Condition, OdpsError
from server.statements.select import Expression, QueryExpression
from server.statements.values import Parameter

DEEPEST_DESCENT: Final = 650
"""In rules of the grammar that are open at a time: frames of Python's stack, which has 1,000 by default."""

HIGHEST_TREE: Final = 500
"""In nodes on the longest way down: as long may `a || b || ...` be. AND, OR and lists are one node each."""

# From here to the expression of a target.
_QUERY_RULES: Final = 7
_SHOWN: Final = 64

ReadExpression = Callable[["SelectCursor", bool, Expression | None], Expression]
ReadQuery = Callable[["SelectCursor", QueryExpression | None], QueryExpression]


class SelectCursor:
    """Walks over the tokens of `text`.

    Attributes:
        key: the `Token.key` of the next token.
        height: see above.
    """

    __slots__ = ("_failure", "_index", "_keys", "_query", "_text", "_tokens", "_value", "depth", "height", "key")

    def __init__(
        self,
        text: str,
        rule: Rule,
        *,
        expression: "ReadExpression",
        query: "ReadQuery",
    ) -> None:
        """Read the tokens.

        Args:
            text: the statement.
            rule: one of PostgreSQL's.
            expression: reads an expression, for the modules that know only its parts.
            query: the same for a query.
        """
        self._text = text
        self._tokens, self._failure = read_tokens(text, rule)
        self._keys = [token.key for token in self._tokens]
        # So that looking ahead needs no bounds.
        self._keys += [""] * 3
        self._index = 0
        self._value = expression
        self._query = query
        self.depth = 0
        self.height = 0
        self.key = self._keys[0]

    # Recursion.

    def expression(self, *, restricted: bool = False, first: Expression | None = None) -> Expression:
        """Reads an expression that stands within another.

        Args:
            restricted: b_expr instead of a_expr.
            first: its first operand, which is read already.
        """
        outer = self._sink(first)
        value = self._value(self, restricted, first)
        self.rise()
        self.height = max(outer, self.height)
        return value

    def query(self, first: QueryExpression | None = None) -> QueryExpression:
        """Reads a query that stands within something, without the parentheses around it.

        Args:
            first: its first arm, which is read already.
        """
        outer = self._sink(first)
        self.enter(_QUERY_RULES)
        query = self._query(self, first)
        self.leave(_QUERY_RULES)
        self.rise()
        self.height = max(outer, self.height)
        return query

    def _sink(self, first: object | None) -> int:
        """Begin to measure anew; what is read already counts."""
        outer = self.height
        if first is None:
            self.height = 0
        return outer

    def enter(self, rules: int) -> None:
        """Go so many rules deeper in the descent; `leave` takes them back."""
        self.depth += rules
        if self.depth > DEEPEST_DESCENT:
            raise self._too_deep(DEEPEST_DESCENT)

    def leave(self, rules: int) -> None:
        self.depth -= rules

    def rise(self) -> None:
        """Add a node on top of what `height` measures."""
        self.height += 1
        if self.height > HIGHEST_TREE:
            raise self._too_deep(HIGHEST_TREE)

    def _too_deep(self, limit: int) -> OdpsError:
        return OdpsError(Condition.TOO_DEEP, at=self.at, limit=limit)

    # The next token.

    @property
    def token(self) -> Token:
        return self._tokens[self._index]

    @property
    def at(self) -> int:
        """Where the next token begins."""
        return self._tokens[self._index].start

    @property
    def sort(self) -> Sort:
        return self._tokens[self._index].sort

    @property
    def following(self) -> str:
        """The key of the token after the next."""
        return self._keys[self._index + 1]

    def ahead(self, count: int) -> Token:
        """The token so many after the next; the last one when there are not so many."""
        return self._tokens[min(self._index + count, len(self._tokens) - 1)]

    def sees(self, *keys: str) -> bool:
        """Whether these words or symbols come next."""
        start = self._index
        return all(self._keys[start + number] == key for number, key in enumerate(keys))

    # Steps.

    def advance(self) -> Token:
        """Step over the next token, which is not the end."""
        token = self._tokens[self._index]
        self._index += 1
        self.key = self._keys[self._index]
        return token

    def accept(self, key: str) -> bool:
        """Step over this word or symbol if it comes next."""
        if self.key != key:
            return False
        self._index += 1
        self.key = self._keys[self._index]
        return True

    def accept_all(self, *keys: str) -> bool:
        """Step over these words or symbols if all of them come next."""
        if self.key != keys[0] or not self.sees(*keys):
            return False
        self._index += len(keys)
        self.key = self._keys[self._index]
        return True

    def accept_any(self, *keys: str) -> str:
        """Step over one of these and say which; the empty string when none comes."""
        key = self.key
        if key not in keys:
            return ""
        self.advance()
        return key

    def expect(self, *keys: str) -> None:
        for key in keys:
            if not self.accept(key):
                raise self.unexpected()

    def expect_any(self, *keys: str) -> str:
        return self.accept_any(*keys) or self.fail()

    def expect_end(self) -> None:
        if self.sort is not Sort.END or self._failure is not None:
            raise self.unexpected()

    # Names.

    def column_name(self) -> str:
        """ColId: what may name a column, a table, an alias."""
        return self._name(NO_COLUMN)

    def function_name(self) -> str:
        """type_function_name."""
        return self._name(NO_FUNCTION)

    def label(self) -> str:
        """ColLabel: any word at all."""
        return self._name(frozenset())

    def accept_column_name(self) -> str | None:
        return self.advance().value if self.is_name(NO_COLUMN) else None

    def accept_bare_label(self) -> str | None:
        """The name of an output column without AS."""
        return self.advance().value if self.is_name(NO_BARE_LABEL) else None

    def is_name(self, refused: frozenset[str]) -> bool:
        """Whether a name comes next that is none of these keywords."""
        token = self._tokens[self._index]
        return token.sort is Sort.NAME or (token.sort is Sort.WORD and token.key not in refused)

    def column_names(self) -> tuple[str, ...]:
        """Reads `(name, ...)`."""
        self.expect("(")
        names = [self.column_name()]
        while self.expect_any(",", ")") == ",":
            names.append(self.column_name())
        return tuple(names)

    def _name(self, refused: frozenset[str]) -> str:
        if not self.is_name(refused):
            raise self.unexpected()
        return self.advance().value

    # Values.

    def string(self) -> str:
        if self.sort is not Sort.STRING:
            raise self.unexpected()
        return self.advance().value

    def integer(self) -> int:
        """Iconst: digits that make an int4."""
        token = self.token
        if token.sort is not Sort.NUMBER or not token.value.isdecimal() or len(token.value) > 400:
            raise self.unexpected()
        number = int(token.value)
        if number >= 2**31:
            raise self.unexpected()
        self.advance()
        return number

    def parameter(self) -> Parameter:
        """`$n`, which comes next."""
        token = self.advance()
        digits = token.value[1:]
        number = int(digits) if len(digits) < 10 else 0
        if not 1 <= number <= MOST_PARAMETERS:
            raise OdpsError(Condition.NO_PARAMETER, at=token.start, number=digits[:_SHOWN])
        return Parameter(number, token.start)

    # Errors.

    def fail(self) -> NoReturn:
        raise self.unexpected()

    def unexpected(self) -> OdpsError:
        """The error for the next token."""
        token = self.token
        if token.sort is Sort.END:
            if self._failure is not None:
                return self._failure
            return OdpsError(Condition.INVALID_TOKEN, at=len(self._text), token="<EOF>")  # noqa: S106 - no password
        raw = self._text[token.start : token.end]
        shown = "<string>" if raw[-1] in "'\"$" else raw if len(raw) <= _SHOWN else raw[:_SHOWN] + "..."
        return OdpsError(Condition.INVALID_TOKEN, at=token.start, token=shown)

    def malformed(self, reason: str, at: int | None = None, hint: str | None = None) -> OdpsError:
        """An error of the grammar with words of its own, at the next token or `at`."""
        return OdpsError(Condition.QUERY_MALFORMED, at=self.at if at is None else at, hint=hint, reason=reason)

    def not_supported(self, what: str, at: int | None = None) -> OdpsError:
        """Something of PostgreSQL's that this server does not do."""
        return OdpsError(Condition.NOT_SUPPORTED, at=self.at if at is None else at, statement=what)
