"""Turns the text of one statement into sqlglot's tokens, after guards that keep any text harmless.

sqlglot gives the tokens and nothing else: a Dialect with a Tokenizer works the same in its pure and in its
compiled build, while subclasses of its Parser do not work in the compiled one. Words stay words (no
keywords), so that MODEL, VERSION, COMMENT and their like can be names. The tokens say where a literal
begins and ends; what it stands for is read from the text by `literals`, since a bad escape must be an error
with its position.

Guards, in this order: length, characters, then depth of brackets, so that a descent over the tokens cannot
run out of stack.
"""

import logging
from typing import ClassVar, Final

from sqlglot import Dialect
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import Token, TokenType
from sqlglot.tokens import Tokenizer

from server.dialect.lexical import Rule, blank_comments, find_unterminated, unterminated
from server.errors import Condition, OdpsError

LONGEST_STATEMENT: Final = 2 * 1024 * 1024
"""In bytes of UTF-8; MaxCompute's documented limit of an SQL statement."""

DEEPEST_NESTING: Final = 100
"""In open brackets. No type anybody writes comes near; a descent of that depth fits any stack."""

# Compared by identity: the hash of an enum's member is slow.
_WORD: Final = TokenType.VAR
_VALUED: Final = (
    TokenType.STRING,
    TokenType.BYTE_STRING,
    TokenType.NATIONAL_STRING,
    TokenType.IDENTIFIER,
    TokenType.NUMBER,
)
# Making one costs a quarter of what it does for a statement. One serves one text at a time: whoever needs one takes it
# out of here, in whatever thread, and puts it back when it has forgotten the text.
_IDLE: Final[dict[Rule, list[Tokenizer]]] = {rule: [] for rule in Rule}
_OPENING: Final = "([{<"
_CLOSING: Final = ")]}>"


class _Words(Tokenizer):
    """What both tokenizers share. `E'...'` comes as BYTE_STRING, which says no more here than "with an E"."""

    BYTE_STRINGS: ClassVar[list[str | tuple[str, str]]] = [("e'", "'"), ("E'", "'")]
    BYTE_STRING_ESCAPES: ClassVar[list[str]] = ["'", "\\"]
    KEYWORDS: ClassVar[dict[str, TokenType]] = {}
    COMMANDS: ClassVar[set[TokenType]] = set()
    # In `1.b` the number is a name; a number with decimals is put together by the descent.
    NUMBERS_CAN_HAVE_DECIMALS = False


# sqlglot registers a dialect under the name of its class, so these must not be called as its own ones are.


class ModelDialect(Dialect):
    """The lexical rule of MaxCompute."""

    IDENTIFIERS_CAN_START_WITH_DIGIT = True

    class Tokenizer(_Words):
        QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'", '"']
        IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ["`"]
        STRING_ESCAPES: ClassVar[list[str]] = ["'", '"', "\\"]


class SessionDialect(Dialect):
    """The lexical rule of PostgreSQL."""

    IDENTIFIERS_CAN_START_WITH_DIGIT = True

    class Tokenizer(_Words):
        QUOTES: ClassVar[list[tuple[str, str] | str]] = ["'"]
        IDENTIFIERS: ClassVar[list[str | tuple[str, str]]] = ['"']
        STRING_ESCAPES: ClassVar[list[str]] = ["'"]


class BackslashSessionDialect(Dialect):
    """The lexical rule of PostgreSQL with standard_conforming_strings off."""

    IDENTIFIERS_CAN_START_WITH_DIGIT = True

    class Tokenizer(SessionDialect.Tokenizer):
        STRING_ESCAPES: ClassVar[list[str]] = ["'", "\\"]


_DIALECTS: Final[dict[Rule, Dialect]] = {
    Rule.MAXCOMPUTE: ModelDialect(),
    Rule.POSTGRES: SessionDialect(),
    Rule.POSTGRES_BACKSLASH: BackslashSessionDialect(),
}

# Comments are blanked out before, and sqlglot adds those of a template language that is none of ours.
for _dialect in _DIALECTS.values():
    _dialect.tokenizer_class._COMMENTS.clear()

# Its messages print the statement, secrets included.
logging.getLogger("sqlglot").addFilter(lambda record: False)


def check_text(text: str) -> None:
    """Refuse a text that is too long or holds a character no client can read back.

    Raises:
        OdpsError: TOO_LONG or CHARACTER_INVALID.
    """
    length = len(text)
    if not text.isascii() and length <= LONGEST_STATEMENT:
        try:
            length = len(text.encode())
        except UnicodeEncodeError as error:
            found = f"U+{ord(text[error.start]):04X}"
            raise OdpsError(Condition.CHARACTER_INVALID, at=error.start, bytes=found) from None
    if length > LONGEST_STATEMENT:
        raise OdpsError(Condition.TOO_LONG, at=0, limit=LONGEST_STATEMENT)
    nul = text.find("\0")
    if nul >= 0:
        raise OdpsError(Condition.CHARACTER_INVALID, at=nul, bytes="0x00")


def tokenize(text: str, rule: Rule) -> tuple[list[Token], tuple[str, ...]]:
    """The tokens of a text that `check_text` let pass, and as many keys to compare with.

    The key of a word is the word in upper case, that of a symbol the symbol; strings, numbers, quoted
    identifiers and words beyond ASCII have the empty one.

    Raises:
        OdpsError: UNTERMINATED, at the quote or comment that is left open; TOO_DEEP, at the bracket too many.
    """
    plain = blank_comments(text, rule)
    idle = _IDLE[rule]
    try:
        tokenizer = idle.pop()
    except IndexError:
        tokenizer = _DIALECTS[rule].tokenizer()
    try:
        found = tokenizer.tokenize(plain)
    except TokenError:
        raise _left_open(text, rule) from None
    tokenizer.tokenize("")
    idle.append(tokenizer)
    return found, _keys(found)


def _left_open(text: str, rule: Rule) -> OdpsError:
    piece = find_unterminated(text, rule)
    if piece is None:
        return OdpsError(Condition.INVALID_TOKEN, at=len(text), token="<EOF>")  # noqa: S106 - not a password
    return unterminated(piece)


def _keys(tokens: list[Token]) -> tuple[str, ...]:
    keys: list[str] = []
    depth = 0
    for token in tokens:
        kind = token.token_type
        key = token.text
        if kind is _WORD:
            key = key.upper() if key.isascii() else ""
        elif kind in _VALUED:
            key = ""
        elif key in _OPENING:
            depth += 1
            if depth > DEEPEST_NESTING:
                raise OdpsError(Condition.TOO_DEEP, at=token.start, limit=DEEPEST_NESTING)
        elif key in _CLOSING and depth:
            depth -= 1
        keys.append(key)
    return tuple(keys)
