"""A place in the tokens of one statement, and the small steps of the descent over them.

Every step either moves on or raises with the exact place. Errors show the token they stumble over, but
never a string, and nothing near an option's value: that may be a secret, or the half of one when its quotes
are wrong.
"""

import re
import string
from typing import Final

from sqlglot.tokenizer_core import TokenType

from server.dialect.lexical import Rule, blank_comments
from server.dialect.literals import unescape, unescape_postgres
from server.dialect.tokens import tokenize
from server.errors import Condition, OdpsError
from server.statements import Identifier, Literal, ObjectName, Parameter, Value

MOST_PARAMETERS: Final = 65535
"""The count in a Bind message has 16 bits."""

_WORD: Final = re.compile(r"\w+")
_PARAMETER: Final = re.compile(r"\$([0-9]{1,5})")
_INTEGER: Final = re.compile(r"-?[0-9]{1,10}")
_PRINCIPAL: Final = re.compile(r"\w[\w$@.:/+-]*")
_PRINCIPAL_PART: Final = re.compile(r"[\w$@.:/+-]+")
_SYMBOL: Final = re.compile(r"[^\w`$]")
_SHOWN: Final = 64
# The public models have such names.
_QUOTES_HINT: Final = (
    "A name with other characters than letters, digits and _ stands in back quotes: `text-embedding-v4`."
)
_ASCII_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)

_READABLE: Final = (TokenType.STRING, TokenType.BYTE_STRING)
_QUOTED: Final = (TokenType.STRING, TokenType.IDENTIFIER)


def fold(name: str) -> str:
    """Lower case for ASCII letters alone: names have no others, and some fold into ASCII (U+212A is a k)."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


def list_words(expected: tuple[str, ...]) -> str:
    """What an error says was expected: words and symbols as they are written, or descriptions in lower case."""
    named = [word if word[0].islower() else f"'{word}'" for word in expected]
    return named[0] if len(named) == 1 else "one of " + ",".join(named)


class Cursor:
    """Walks over the tokens of `text`, a single statement.

    Words and symbols are compared by their keys (`tokens.tokenize`), everything else by kind.
    """

    __slots__ = ("_index", "_keys", "_text", "_tokens", "rule")

    def __init__(self, text: str, rule: Rule) -> None:
        self.rule = rule
        self._text = text
        self._tokens, keys = tokenize(text, rule)
        # Behind the last token there is a key too, which is no word's.
        self._keys = (*keys, "")
        self._index = 0

    @property
    def at(self) -> int:
        """Where the next token begins; the length of the text at its end."""
        return self._tokens[self._index].start if self._index < len(self._tokens) else len(self._text)

    @property
    def at_end(self) -> bool:
        return self._index == len(self._tokens)

    @property
    def at_last(self) -> bool:
        """Whether one token is left."""
        return self._index == len(self._tokens) - 1

    @property
    def at_number(self) -> bool:
        """Whether a number comes next, or a sign."""
        return self.sees("-") or self.sees("+") or self._is(self._index, TokenType.NUMBER)

    @property
    def at_quoted_identifier(self) -> bool:
        return self._is(self._index, TokenType.IDENTIFIER)

    def sees(self, *keys: str) -> bool:
        """Whether these words or symbols come next."""
        return self._keys[self._index : self._index + len(keys)] == keys

    def accept(self, *keys: str) -> bool:
        """Step over these words or symbols if all of them come next."""
        index = self._index
        end = index + len(keys)
        # The first word decides nearly always.
        if self._keys[index] != keys[0] or self._keys[index:end] != keys:
            return False
        self._index = end
        return True

    def expect(self, *keys: str) -> None:
        """Step over these words or symbols."""
        for key in keys:
            if self._keys[self._index] != key:
                raise self.unexpected(key)
            self._index += 1

    def accept_any(self, *keys: str) -> str:
        """Step over one of these words or symbols and say which; the empty string when none comes."""
        key = self._keys[self._index]
        if key not in keys:
            return ""
        self._index += 1
        return key

    def expect_any(self, *keys: str) -> str:
        """Step over one of these words or symbols and say which."""
        found = self.accept_any(*keys)
        if not found:
            raise self.unexpected(*keys)
        return found

    def expect_end(self, *expected: str) -> None:
        """Nothing may follow; `expected` is what might have."""
        if not self.at_end:
            raise self.unexpected(*expected)

    def unexpected(
        self, *expected: str, private: bool = False, shown: Identifier | None = None, hint: str | None = None
    ) -> OdpsError:
        """The error for the next token.

        Args:
            expected: words and symbols as they are written, or a description in lower case.
            private: show only what kind of token it is.
            shown: the name that it is about, where that was stepped over.
        """
        token, at = (self._show(private=private), self.at) if shown is None else (self._written(shown), shown.at)
        if not expected:
            return OdpsError(Condition.INVALID_TOKEN, at=at, token=token, hint=hint)
        return OdpsError(
            Condition.INVALID_TOKEN_EXPECTING, at=at, token=token, expected=list_words(expected), hint=hint
        )

    def not_supported(self, statement: str, at: int | None = None) -> OdpsError:
        """The error for something known that this server does not do, at the next token or `at`."""
        return OdpsError(Condition.NOT_SUPPORTED, at=self.at if at is None else at, statement=statement)

    def identifier(self, what: str = "a name") -> Identifier:
        """A name: a word, which may begin with digits, or anything in the identifier quotes of the rule.

        Names are folded to lower case; under PostgreSQL's rule a quoted one stays as it is.

        SILENT: in a model statement a double-quoted string is a name where only a name can stand, because
        PostgreSQL drivers quote identifiers so.
        DEVIATION: under PostgreSQL's rule too a word may begin with digits or be a keyword, which it wants quoted.
        """
        at = self.at
        name = self._identifier_text()
        if name is None:
            raise self.unexpected(what)
        self._index += 1
        return Identifier(name, at)

    def object_name(self, *, most: int = 3) -> ObjectName:
        """One to `most` names with dots between them."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        if len(parts) > most:
            raise OdpsError(Condition.NAME_TOO_MANY_PARTS, at=parts[0].at, hint=_QUOTES_HINT)
        if self.sees("-"):
            raise self.unexpected(hint=_QUOTES_HINT)
        return ObjectName(tuple(parts))

    def string(self) -> Value:
        """A string, made of one or more adjacent literals, or `$n`."""
        value = self.accept_string() or self._accept_parameter() or self._accept_enclosed()
        if value is None:
            raise self.unexpected("a string", private=True)
        return value

    def value(self) -> Value:
        """A string, a number with its sign, or `$n`."""
        value = self.accept_string() or self._accept_parameter() or self.accept_number() or self._accept_enclosed()
        if value is None:
            raise self.unexpected("a string or number", private=True)
        return value

    def accept_string(self) -> Literal | None:
        """A string, made of one or more adjacent literals."""
        at = self.at
        parts: list[str] = []
        tokens, count = self._tokens, len(self._tokens)
        while self._index < count and (token := tokens[self._index]).token_type in _READABLE:
            place = token.start
            raw = self._text[place : token.end + 1]
            if self.rule is Rule.POSTGRES:
                parts.append(unescape_postgres(raw, place))
            elif raw[0] in "eE":
                parts.append(unescape(raw[1:], place + 1))
            else:
                parts.append(unescape(raw, place))
            self._index += 1
        return Literal("".join(parts), at) if parts else None

    def accept_last_string(self) -> Literal | None:
        """A string that nothing follows."""
        start = self._index
        literal = self.accept_string()
        if literal is not None and not self.at_end:
            self._index, literal = start, None
        return literal

    def rest(self) -> str:
        """All that is left, as it is written but for comments; the cursor is at the end then."""
        text = "" if self.at_end else blank_comments(self._text, self.rule)[self.at :].strip()
        self._index = len(self._tokens)
        return text

    def _accept_enclosed(self) -> Literal | None:
        """A string in parentheses.

        SILENT: taken in model statements, because JDBC writes parameters so when it pastes them into the text.
        """
        start = self._index
        if self.rule is Rule.MAXCOMPUTE and self.accept("("):
            literal = self.accept_string()
            if literal is not None and self.accept(")"):
                return literal
        self._index = start
        return None

    def accept_number(self) -> Literal | None:
        """A number as it is written, with its sign."""
        at = self.at
        signed = self.sees("-") or self.sees("+")
        first = self._index + signed
        if not self._is(first, TokenType.NUMBER):
            return None
        decimals = self._is(first + 1, TokenType.DOT) and self._is(first + 2, TokenType.NUMBER)
        last = first + 2 if decimals and self._touch(first, first + 2) else first
        self._index = last + 1
        sign = "-" if self._text[at] == "-" else ""
        return Literal(sign + self._text[self._tokens[first].start : self._tokens[last].end + 1], at)

    def integer(self) -> int:
        """Digits only, at most 18 of them."""
        if not self._is(self._index, TokenType.NUMBER):
            raise self.unexpected("an integer")
        digits = self._raw()
        if not digits.isdecimal() or len(digits) > 18:
            raise self.unexpected("an integer")
        self._index += 1
        return int(digits)

    def signed_integer(self) -> int:
        """A whole number of 32 bits with its sign."""
        start = self._index
        literal = self.accept_number()
        if literal is not None and _INTEGER.fullmatch(literal.value) and -(2**31) <= int(literal.value) < 2**31:
            return int(literal.value)
        self._index = start
        raise self.unexpected("an integer")

    def principal(self) -> Identifier:
        """The name of a user as it is written: in quotes, or with the signs that MaxCompute's names have."""
        at = self.at
        if not self.at_end and (self.at_quoted_identifier or self._raw()[0] == '"'):
            raw = self._raw()
            self._index += 1
            return Identifier(raw[1:-1].replace(raw[0] * 2, raw[0]), at)
        last = self._index
        while last + 1 < len(self._tokens) and self._touch(last, last + 1) and self._names(last + 1):
            last += 1
        name = self._text[at : self._tokens[last].end + 1] if not self.at_end else ""
        if not _PRINCIPAL.fullmatch(name):
            raise self.unexpected("a user name")
        self._index = last + 1
        return Identifier(name, at)

    def word(self, what: str) -> str:
        """A bare ASCII word, in upper case."""
        key = self._keys[self._index] if not self.at_end else ""
        if not _WORD.fullmatch(key):
            raise self.unexpected(what)
        self._index += 1
        return key

    def accept_word(self) -> str | None:
        """A bare word as it is written."""
        if not self._is(self._index, TokenType.VAR) or not _WORD.fullmatch(self._raw()):
            return None
        self._index += 1
        return self._tokens[self._index - 1].text

    def option_key(self) -> str:
        """The key of an option, in upper case: a bare or quoted word.

        No escapes are read in a quoted one, so that a key stands in the text as it is.
        """
        bare = self._keys[self._index]
        if bare.isidentifier():
            self._index += 1
            return bare
        if self.at_end or not (bare or self._tokens[self._index].token_type in _QUOTED):
            raise self.unexpected("an option")
        raw = self._raw()
        key = raw[1:-1] if raw[0] in "'\"`" else raw
        if not key.isascii() or not _WORD.fullmatch(key):
            raise self.unexpected("an option")
        self._index += 1
        return key.upper()

    def _identifier_text(self) -> str | None:
        if self.at_end:
            return None
        kind = self._tokens[self._index].token_type
        raw = self._raw()
        if kind in (TokenType.VAR, TokenType.NUMBER):
            return fold(raw) if raw.isidentifier() or _WORD.fullmatch(raw) else None
        if kind == TokenType.IDENTIFIER:
            quote = raw[0]
            name = raw[1:-1].replace(quote * 2, quote)
            return fold(name) if self.rule is Rule.MAXCOMPUTE else name
        if kind == TokenType.STRING and raw[0] == '"':
            return fold(unescape(raw, self.at))
        return None

    def _accept_parameter(self) -> Parameter | None:
        if self.at_end:
            return None
        found = _PARAMETER.fullmatch(self._raw())
        if found is None:
            return None
        number = int(found[1])
        if not 1 <= number <= MOST_PARAMETERS:
            raise OdpsError(Condition.NO_PARAMETER, at=self.at, number=number)
        at = self.at
        self._index += 1
        return Parameter(number, at)

    def _is(self, index: int, kind: TokenType) -> bool:
        return index < len(self._tokens) and self._tokens[index].token_type == kind

    def _touch(self, first: int, last: int) -> bool:
        pairs = zip(self._tokens[first:last], self._tokens[first + 1 : last + 1], strict=True)
        return all(left.end + 1 == right.start for left, right in pairs)

    def _names(self, index: int) -> bool:
        """Whether the token can be a part of a principal's name."""
        token = self._tokens[index]
        return _PRINCIPAL_PART.fullmatch(self._text, token.start, token.end + 1) is not None

    def _raw(self) -> str:
        token = self._tokens[self._index]
        return self._text[token.start : token.end + 1]

    def _written(self, name: Identifier) -> str:
        """A name as it stands in the text, unless that was in quotes."""
        raw = self._text[name.at : name.at + len(name.name)]
        return _shorten(raw if fold(raw) == name.name else name.name)

    def _show(self, *, private: bool) -> str:
        if self.at_end:
            return "<EOF>"
        raw = self._raw()
        if raw[-1] in "'\"":
            return "<string>"
        if private and not _SYMBOL.fullmatch(raw):
            return "<word>"
        return _shorten(raw)


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
