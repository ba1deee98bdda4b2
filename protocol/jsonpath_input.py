"""A jsonpath read from its text.

Source: PostgreSQL 15, jsonpath_gram.y, flattenJsonPathParseItem in jsonpath.c.
"""

from decimal import Decimal
from functools import lru_cache
from typing import Final, cast, get_args

from protocol.errors import InvalidValue
from protocol.jsonb import too_deep
from protocol.jsonpath_nodes import (
    AnyElement,
    AnyMember,
    Arithmetic,
    Chain,
    Comparison,
    Current,
    Descendants,
    Exists,
    Expression,
    Filter,
    IsUnknown,
    JsonPath,
    Last,
    LikeRegex,
    Literal,
    Logical,
    Member,
    Method,
    Not,
    Predicate,
    Root,
    Sign,
    StartsWith,
    Step,
    Subscripts,
    Variable,
)
from protocol.jsonpath_tokens import Token, TokenKind, read_tokens, syntax_error
from protocol.numerals import invalid_syntax
from protocol.numerics import parse_numeric
from protocol.sqlstate import SqlState

_PREDICATES: Final = get_args(Predicate)
_COMPARISONS: Final = frozenset(("==", "<>", "<", "<=", ">", ">="))
_METHODS: Final = frozenset(("abs", "size", "type", "floor", "double", "ceiling", "keyvalue"))
_CONSTANTS: Final = {"null": None, "true": True, "false": False}
_FLAGS: Final = "ismxq"
_LEVELS: Final = 2**31
_LONGEST: Final = 131_072  # characters; reading cannot be interrupted, and what was read is kept


@lru_cache(maxsize=512)
def read_jsonpath(text: str) -> JsonPath:
    """Read one.

    Raises:
        InvalidValue
    """
    if len(text) > _LONGEST:
        raise InvalidValue("requested length too large", sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    if not text.strip(" \t\n\r\f"):
        raise invalid_syntax("jsonpath", text)
    try:
        return _Parser(list(read_tokens(text))).read()
    except RecursionError as error:
        raise too_deep() from error


class _Parser:
    """`_subscripts` and `_filters`: how many of them are around, for what makes sense only in one."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._subscripts = 0
        self._filters = 0

    def read(self) -> JsonPath:
        strict = self._take_word("strict")
        if not strict:
            self._take_word("lax")
        expression = self._or()
        if self._here.kind is not TokenKind.END:
            raise self._error()
        return JsonPath(expression, strict)

    @property
    def _here(self) -> Token:
        return self._tokens[self._at]

    def _error(self) -> InvalidValue:
        return syntax_error(self._here.value)

    def _take(self, *marks: str) -> str:
        """The mark that stands here, if it is one of these; ''."""
        token = self._here
        if token.kind is TokenKind.MARK and token.value in marks:
            self._at += 1
            return token.value
        return ""

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            raise self._error()

    def _is_word(self, word: str) -> bool:
        token = self._here
        if token.kind is not TokenKind.NAME or not token.bare:
            return False
        return token.value == word if word in _CONSTANTS else token.value.lower() == word

    def _take_word(self, word: str) -> bool:
        found = self._is_word(word)
        self._at += found
        return found

    def _predicate(self, expression: Expression) -> Predicate:
        if not isinstance(expression, _PREDICATES):
            raise self._error()
        return cast(Predicate, expression)  # get_args has told so

    def _value(self, expression: Expression) -> Expression:
        if isinstance(expression, _PREDICATES):
            raise self._error()
        return expression

    def _or(self) -> Expression:
        left = self._and()
        while self._take("||"):
            left = Logical("||", self._predicate(left), self._predicate(self._and()))
        return left

    def _and(self) -> Expression:
        left = self._not()
        while self._take("&&"):
            left = Logical("&&", self._predicate(left), self._predicate(self._not()))
        return left

    def _not(self) -> Expression:
        if not self._take("!"):
            return self._comparison()
        if self._take("("):
            operand = self._predicate(self._or())
            self._expect(")")
            return Not(operand)
        if self._is_word("exists"):
            return Not(self._exists())
        raise self._error()

    def _exists(self) -> Exists:
        self._at += 1
        self._expect("(")
        operand = self._value(self._sum())
        self._expect(")")
        return Exists(operand)

    def _comparison(self) -> Expression:
        left = self._sum()
        operator = self._take(*_COMPARISONS)
        if operator:
            right = self._value(self._sum())
            return Comparison(operator, self._value(left), right)  # type: ignore[arg-type]  # one of these
        if self._take_word("starts"):
            if not self._take_word("with"):
                raise self._error()
            return StartsWith(self._value(left), self._initial())
        if self._take_word("like_regex"):
            return self._like(self._value(left))
        return left

    def _initial(self) -> Literal | Variable:
        token = self._here
        self._at += 1
        if token.kind is TokenKind.STRING:
            return Literal(token.value)
        if token.kind is TokenKind.VARIABLE:
            return Variable(token.value)
        raise syntax_error(token.value)

    def _string(self) -> str:
        token = self._here
        if token.kind is not TokenKind.STRING:
            raise self._error()
        self._at += 1
        return token.value

    def _like(self, operand: Expression) -> LikeRegex:
        pattern = self._string()
        flags = self._string() if self._take_word("flag") else ""
        if set(flags) - set(_FLAGS):
            raise InvalidValue("invalid input syntax for type jsonpath", sqlstate=SqlState.SYNTAX_ERROR)
        if "x" in flags and "q" not in flags:
            message = 'XQuery "x" flag (expanded regular expressions) is not implemented'
            raise InvalidValue(message, sqlstate=SqlState.FEATURE_NOT_SUPPORTED)
        return LikeRegex(operand, pattern, "".join(flag for flag in _FLAGS if flag in flags))

    def _sum(self) -> Expression:
        left = self._product()
        while operator := self._take("+", "-"):
            right = self._value(self._product())
            left = Arithmetic(operator, self._value(left), right)  # type: ignore[arg-type]  # one of these
        return left

    def _product(self) -> Expression:
        left = self._sign()
        while operator := self._take("*", "/", "%"):
            right = self._value(self._sign())
            left = Arithmetic(operator, self._value(left), right)  # type: ignore[arg-type]  # one of these
        return left

    def _sign(self) -> Expression:
        operator = self._take("+", "-")
        if not operator:
            return self._chain()
        operand = self._value(self._sign())
        if isinstance(operand, Literal) and isinstance(operand.value, Decimal):
            return Literal(operand.value.copy_negate() or Decimal(0)) if operator == "-" else operand
        return Sign(operator, operand)  # type: ignore[arg-type]  # one of the two

    def _chain(self) -> Expression:
        if self._take("("):
            start = self._or()
            self._expect(")")
            if isinstance(start, _PREDICATES) and self._take_word("is"):
                if not self._take_word("unknown"):
                    raise self._error()
                return IsUnknown(self._predicate(start))
        elif self._is_word("exists"):
            return self._exists()
        else:
            start = self._primary()
        steps: list[Step] = []
        while (step := self._step()) is not None:
            steps.append(step)
        if not steps:
            return start
        if isinstance(start, Chain):
            return Chain(start.start, (*start.steps, *steps))
        return Chain(start, tuple(steps))

    def _primary(self) -> Expression:
        token = self._here
        self._at += 1
        match token.kind:
            case TokenKind.STRING:
                return Literal(token.value)
            case TokenKind.NUMBER:
                return Literal(parse_numeric(token.value))
            case TokenKind.VARIABLE:
                return Variable(token.value)
            case TokenKind.NAME if token.bare and token.value in _CONSTANTS:
                return Literal(_CONSTANTS[token.value])
            case TokenKind.NAME if token.bare and token.value.lower() == "last":
                if not self._subscripts:
                    raise InvalidValue("LAST is allowed only in array subscripts", sqlstate=SqlState.SYNTAX_ERROR)
                return Last()
            case TokenKind.MARK if token.value == "$":
                return Root()
            case TokenKind.MARK if token.value == "@":
                if not self._filters:
                    raise InvalidValue("@ is not allowed in root expressions", sqlstate=SqlState.SYNTAX_ERROR)
                return Current()
            case _:
                raise syntax_error(token.value)

    def _step(self) -> Step | None:
        if self._take("?"):
            self._expect("(")
            self._filters += 1
            predicate = self._predicate(self._or())
            self._filters -= 1
            self._expect(")")
            return Filter(predicate)
        if self._take("["):
            return self._array_step()
        return self._member_step() if self._take(".") else None

    def _array_step(self) -> Step:
        if self._take("*"):
            self._expect("]")
            return AnyElement()
        self._subscripts += 1
        ranges: list[tuple[Expression, Expression | None]] = []
        while True:
            first = self._value(self._sum())
            ranges.append((first, self._value(self._sum()) if self._take_word("to") else None))
            if not self._take(","):
                break
        self._subscripts -= 1
        self._expect("]")
        return Subscripts(tuple(ranges))

    def _member_step(self) -> Step:
        if self._take("*"):
            return AnyMember()
        if self._take("**"):
            return self._descendants()
        token = self._here
        if token.kind not in (TokenKind.NAME, TokenKind.STRING):
            raise self._error()
        self._at += 1
        method = token.value.lower() if token.bare else ""
        if method not in _METHODS and method != "datetime":
            return Member(token.value)
        if not self._take("("):
            return Member(token.value)
        template = self._string() if method == "datetime" and self._here.kind is TokenKind.STRING else None
        self._expect(")")
        return Method(method, template)

    def _descendants(self) -> Descendants:
        if not self._take("{"):
            return Descendants()
        first = self._level()
        last = self._level() if self._take_word("to") else first
        self._expect("}")
        return Descendants(first, last)

    def _level(self) -> int | None:
        if self._take_word("last"):
            return None
        token = self._here
        if token.kind is not TokenKind.NUMBER or not token.value.isdigit() or int(token.value[:20]) >= _LEVELS:
            raise self._error()
        self._at += 1
        return int(token.value)
