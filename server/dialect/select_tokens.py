r"""Turns the text of a SELECT into PostgreSQL's tokens, by scan.l's rules.

A lexer of its own, since sqlglot's tokenizer (`tokens`) is made for words, names and strings: it has no maximal
munch of operators, no `$` in words, no continued strings, no `U&''` and no numbers as PostgreSQL has them. One
compiled expression finds each token; it repeats possessively, so reading is linear in the length of the text.

What is wrong with the text is kept as the last thing there is: PostgreSQL reads token by token, so a fault of the
grammar before it comes first.

DEVIATION: `default` before a dot is a name, as if it were quoted: it is the schema that every project has, many tools
quote no names that have small letters only, and no grammar of PostgreSQL's has DEFAULT there.

Source: PostgreSQL manual, "Lexical Structure"; scan.l.
"""

import re
import string
from enum import Enum
from typing import Final, NamedTuple

from server.dialect.lexical import Kind, Piece, Rule, skip_blank, unterminated
from server.dialect.select_literals import is_escape_character, truncate_name, unescape_string, unescape_unicode
from server.dialect.tokens import DEEPEST_NESTING
from server.errors import Condition, OdpsError


class Sort(Enum):
    """What a token is."""

    WORD = "word"
    NAME = "quoted name"
    STRING = "string"
    BITS = "bit string"
    NUMBER = "number"
    PARAMETER = "parameter"
    OPERATOR = "operator"
    SYMBOL = "symbol"
    END = "end"


class Token(NamedTuple):
    """One token.

    Attributes:
        key: what the grammar compares: the folded word, the symbol or operator; "" for all else.
        value: the name, the string, the digits, the number, the operator.
        start, end: in characters from 0.
    """

    sort: Sort
    key: str
    value: str
    start: int
    end: int


class Reading(NamedTuple):
    """The tokens, the last of them END, and why there are no more if the text did not end there."""

    tokens: list[Token]
    failure: OdpsError | None


_START: Final = r"A-Za-z_\u0080-\U0010ffff"
_TOKEN: Final = re.compile(
    rf"""
    (?:[ \t\n\r\f]++|--[^\n\r]*+)*+
    (?:
        (?P<end>\Z)
      | (?P<string>'|[eE]'|[bB]'|[xX]'|[uU]&'|[nN](?='))
      | (?P<name>(?:[uU]&)?")
      | (?P<word>[{_START}][{_START}0-9$]*+)
      | (?P<number>(?:[0-9]++\.(?!\.)[0-9]*+|[0-9]++|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)
      | (?P<parameter>\$[0-9]++)
      | (?P<dollar>\$(?:[{_START}][{_START}0-9]*+)?\$)
      | (?P<comment>/\*)
      | (?P<symbol>[(),;\[\]]|\.\.?|::|:=|:)
      | (?P<operator>[~!@\#^&|`?+\-*/%<>=]++)
      | (?P<other>.)
    )
    """,
    re.VERBOSE | re.DOTALL,
)
_BEGINS_WORD: Final = re.compile(rf"[{_START}]")
_DOUBLED: Final = re.compile(r"'((?:[^']++|'')*+)'")
_BACKSLASHED: Final = re.compile(r"'((?:[^'\\]++|\\.|'')*+)'", re.DOTALL)
_UNDOUBLED: Final = re.compile(r"'([^']*+)'")
_QUOTED: Final = re.compile(r'"((?:[^"]++|"")*+)"')
# Strings with a line's end between them are one.
_CONTINUED: Final = re.compile(r"(?:[ \t\f]++|--[^\n\r]*+)*+[\n\r](?:[ \t\n\r\f]++|--[^\n\r]*+[\n\r])*+(?=')")
_COMMENT_INSIDE: Final = re.compile(r"--|/\*")
# An operator that ends in + or - holds one of these.
_SPECIAL: Final = re.compile(r"[~!@\#^&|`?%]")
_SINGLE: Final = frozenset("+-*/%^<>=")
_COMPARISONS: Final = frozenset({"<=", ">=", "<>", "=>"})
_LONGEST_OPERATOR: Final = 63
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


def read_tokens(text: str, rule: Rule) -> Reading:
    """The tokens of a text that `tokens.check_text` let pass."""
    lexer = _Lexer(text, backslashes=rule is Rule.POSTGRES_BACKSLASH)
    failure: OdpsError | None = None
    try:
        lexer.run()
    except OdpsError as error:
        failure = error
        place = error.diagnostic.at or 0
        lexer.tokens.append(Token(Sort.END, "", "", place, place))
    return Reading(lexer.tokens, failure)


class _Lexer:
    __slots__ = ("_backslashes", "_depth", "_text", "tokens")

    def __init__(self, text: str, *, backslashes: bool) -> None:
        self._text = text
        self._backslashes = backslashes
        self._depth = 0
        self.tokens: list[Token] = []

    def run(self) -> None:
        text, append, match = self._text, self.tokens.append, _TOKEN.match
        position = 0
        while True:
            found = match(text, position)
            # "end" and "other" leave nothing that would not match.
            group = found.lastgroup if found is not None else None
            if found is None or group is None:
                raise OdpsError(Condition.INVALID_TOKEN, at=position, token=text[position : position + 1])
            start, position = found.start(group), found.end()
            if group == "word":
                word = text[start:position]
                folded = truncate_name(word.lower() if word.isascii() else word.translate(_LOWER))
                append(Token(Sort.WORD, folded, folded, start, position))
            elif group == "symbol":
                symbol = text[start:position]
                self._count_depth(symbol, start)
                if symbol == "." and self.tokens and self.tokens[-1].key == "default":
                    self.tokens[-1] = self.tokens[-1]._replace(sort=Sort.NAME, key="")
                append(Token(Sort.SYMBOL, symbol, symbol, start, position))
            elif group == "operator":
                position = self._operator(start, position)
            elif group == "string":
                position = self._string(start, position)
            elif group == "name":
                position = self._name(start, position)
            elif group == "number" or group == "parameter":
                if _BEGINS_WORD.match(text, position):
                    raise OdpsError(Condition.TRAILING_JUNK, at=start, what=_JUNK_AFTER[group])
                sort = Sort.NUMBER if group == "number" else Sort.PARAMETER
                append(Token(sort, "", text[start:position], start, position))
            elif group == "dollar":
                position = self._dollar_string(start, position)
            elif group == "comment":
                position = skip_blank(text, start)
                if position == start:
                    raise unterminated(Piece(Kind.OPEN_COMMENT, start, len(text)))
            elif group == "end":
                append(Token(Sort.END, "", "", start, start))
                return
            else:
                append(Token(Sort.SYMBOL, text[start:position], text[start:position], start, position))

    def _count_depth(self, symbol: str, at: int) -> None:
        if symbol in "([":
            self._depth += 1
            if self._depth > DEEPEST_NESTING:
                raise OdpsError(Condition.TOO_DEEP, at=at, limit=DEEPEST_NESTING)
        elif symbol in ")]":
            self._depth -= 1

    def _operator(self, start: int, end: int) -> int:
        """PostgreSQL's longest match: up to a comment, and without signs at its end unless it is a special one."""
        comment = _COMMENT_INSIDE.search(self._text, start, end)
        if comment is not None:
            end = comment.start()
        characters = self._text[start:end]
        signs = ""
        if len(characters) > 1 and characters[-1] in "+-" and not _SPECIAL.search(characters):
            kept = characters.rstrip("+-") or characters[0]
            characters, signs = kept, characters[len(kept) :]
        if len(characters) > _LONGEST_OPERATOR:
            raise OdpsError(Condition.OPERATOR_TOO_LONG, at=start)
        name = "<>" if characters == "!=" else characters
        known = name in _SINGLE or name in _COMPARISONS
        place = start + len(characters)
        self.tokens.append(Token(Sort.SYMBOL if known else Sort.OPERATOR, name, name, start, place))
        # Each of the signs left over is an operator; to look for a longer one at each would take quadratic time.
        for number, sign in enumerate(signs, start=place):
            self.tokens.append(Token(Sort.SYMBOL, sign, sign, number, number + 1))
        return end

    def _string(self, start: int, quote: int) -> int:
        """A string; `quote` is behind its first quote, or at it for `N'..'`."""
        text = self._text
        prefix = text[start].lower()
        if prefix == "n":
            self.tokens.append(Token(Sort.WORD, "nchar", "nchar", start, quote))
            return self._string(quote, quote + 1)
        escaped = prefix == "e" or (prefix == "'" and self._backslashes)
        pattern = _BACKSLASHED if escaped else _UNDOUBLED if prefix in "bx" else _DOUBLED
        parts: list[tuple[str, int]] = []
        position = quote - 1
        while True:
            found = pattern.match(text, position)
            if found is None:
                raise unterminated(Piece(Kind.OPEN_STRING, start, len(text)))
            parts.append((found[1], found.start(1)))
            between = _CONTINUED.match(text, found.end())
            if between is None:
                break
            position = between.end()
        end = found.end()
        if prefix == "u":
            return self._unicode(Sort.STRING, "".join(body.replace("''", "'") for body, _ in parts), start, end)
        if escaped:
            value = "".join(unescape_string(body, place) for body, place in parts)
        else:
            value = "".join(body for body, _ in parts).replace("''", "'")
        sort = Sort.BITS if prefix in "bx" else Sort.STRING
        self.tokens.append(Token(sort, "", prefix + value if sort is Sort.BITS else value, start, end))
        return end

    def _dollar_string(self, start: int, body: int) -> int:
        text = self._text
        tag = text[start:body]
        end = text.find(tag, body)
        if end < 0:
            raise unterminated(Piece(Kind.OPEN_STRING, start, len(text)))
        self.tokens.append(Token(Sort.STRING, "", text[body:end], start, end + len(tag)))
        return end + len(tag)

    def _name(self, start: int, quote: int) -> int:
        found = _QUOTED.match(self._text, quote - 1)
        if found is None:
            raise unterminated(Piece(Kind.OPEN_IDENTIFIER, start, len(self._text)))
        name = found[1].replace('""', '"')
        if not name:
            raise OdpsError(Condition.NAME_ZERO_LENGTH, at=start)
        if quote - start > 1:
            return self._unicode(Sort.NAME, name, start, found.end())
        self.tokens.append(Token(Sort.NAME, "", truncate_name(name), start, found.end()))
        return found.end()

    def _unicode(self, sort: Sort, body: str, start: int, end: int) -> int:
        """`U&'..'` or `U&".."`, and the UESCAPE that may follow."""
        if self._backslashes and sort is Sort.STRING:
            raise OdpsError(
                Condition.UNICODE_UNSAFE,
                at=start,
                detail="String constants with Unicode escapes cannot be used when standard_conforming_strings is off.",
            )
        escape = "\\"
        word = _TOKEN.match(self._text, skip_blank(self._text, end))
        if word is not None and word.lastgroup == "word" and word["word"].lower() == "uescape":
            at = skip_blank(self._text, word.end())
            given = _DOUBLED.match(self._text, at)
            if given is None:
                raise OdpsError(Condition.UESCAPE_NO_STRING, at=at)
            escape, end = given[1].replace("''", "'"), given.end()
            if not is_escape_character(escape):
                raise OdpsError(Condition.UESCAPE_INVALID, at=at)
        value = unescape_unicode(body, escape, start + len("U&'"))
        self.tokens.append(Token(sort, "", truncate_name(value) if sort is Sort.NAME else value, start, end))
        return end


_JUNK_AFTER: Final = {"number": "numeric literal", "parameter": "parameter"}
