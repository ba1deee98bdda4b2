r"""PostgreSQL's regular expressions, run by the library `regex`.

Advanced regular expressions (ARE) as PostgreSQL documents them, translated: classes, escapes, constraints, embedded
options, back references. Of the ways in which a text may match, the longest is taken, as POSIX asks for, unless the
expression's first quantifier is a lazy one.

The library gives up after a time that is asked for and lets other threads run meanwhile: a pattern that tries for ever
neither holds a session nor the server.

DEVIATION: whether a whole expression prefers the longest or the shortest match follows from its first quantifier alone;
PostgreSQL reckons it for each branch and each pair of parentheses. Collating elements of more than one character and
equivalence classes are taken for their characters.

Source: PostgreSQL manual, "POSIX Regular Expressions"; PostgreSQL 15, regc_lex.c.
"""

import re
from functools import lru_cache
from typing import Final

import regex

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState

Pattern = regex.Pattern[str]
Match = regex.Match[str]

# Seconds of the processor.
_PATIENCE: Final = 1.0
_LONGEST: Final = 8192
_MOST_REPEATED: Final = 255
# Atoms, each counted as often as its quantifiers, those around it too, repeat it: the library writes them out.
_MOST_ATOMS: Final = 65_536
_IN_BRACKET_NAMES: Final = (
    *("alnum", "alpha", "blank", "cntrl", "digit", "graph"),
    *("lower", "print", "punct", "space", "upper", "xdigit"),
)
_CLASSES: Final = {"d": "[[:digit:]]", "w": "[[:alnum:]_]", "s": "[[:space:]]"}
_NEGATED: Final = {"D": "[^[:digit:]]", "W": "[^[:alnum:]_]", "S": "[^[:space:]]"}
_IN_BRACKETS: Final = {"d": "[:digit:]", "w": "[:alnum:]_", "s": "[:space:]"}
_CONSTRAINTS: Final = {
    "A": r"\A",
    "Z": r"\Z",
    "m": r"(?:\b(?=\w))",
    "M": r"(?:\b(?<=\w))",
    "y": r"\b",
    "Y": r"\B",
}
_CHARACTERS: Final = {"a": 7, "b": 8, "B": 92, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "0": 0}
_POSIX_CLASSES: Final = frozenset({*_IN_BRACKET_NAMES, "word"})
_NAMED: Final = {"NUL": "\0", "tab": "\t", "newline": "\n", "space": " ", "hyphen": "-", "period": ".", "comma": ","}


def invalid(reason: str) -> InvalidValue:
    return InvalidValue(f"invalid regular expression: {reason}", sqlstate=SqlState.INVALID_REGULAR_EXPRESSION)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str = "") -> Pattern:
    """The pattern as the library runs it.

    Args:
        flags: PostgreSQL's letters, `g` not among them: i, c, n, m, p, w, s, x, t, e, b, q.

    Raises:
        InvalidValue: it is no regular expression, or one that is too large.
    """
    if len(pattern) > _LONGEST:
        raise invalid("regular expression is too complex")
    translator = _Translator(pattern, flags)
    text = translator.translate()
    try:
        return regex.compile(text, translator.library_flags)
    except (regex.error, OverflowError, RecursionError) as error:
        raise invalid("quantifier operand invalid") from error


def search(pattern: Pattern, text: str, position: int = 0) -> Match | None:
    """The first match at or after a place.

    Raises:
        InvalidValue: it was tried for too long.
    """
    try:
        return pattern.search(text, position, timeout=_PATIENCE, concurrent=True)
    except TimeoutError:
        raise InvalidValue("regular expression takes too long", sqlstate=SqlState.QUERY_CANCELED) from None


class _Translator:
    """One expression on its way."""

    def __init__(self, pattern: str, flags: str) -> None:
        self._text = pattern
        self._place = 0
        self._literal = False
        self._basic = False
        self._expanded = False
        self._ignore_case = False
        self._newline = "s"
        self._lazy: bool | None = None
        self._groups = 0
        self._atoms = 0
        self._set_options(flags)
        self._read_directors()

    @property
    def library_flags(self) -> int:
        flags = int(regex.VERSION0)
        if self._ignore_case:
            flags |= regex.IGNORECASE
        if not self._lazy:
            flags |= regex.POSIX
        if self._newline in ("n", "w"):
            flags |= regex.MULTILINE
        return flags

    def _set_options(self, letters: str) -> None:
        for letter in letters:
            match letter:
                case "i":
                    self._ignore_case = True
                case "c":
                    self._ignore_case = False
                case "n" | "m":
                    self._newline = "n"
                case "p" | "s" | "w":
                    self._newline = letter
                case "x":
                    self._expanded = True
                case "t":
                    self._expanded = False
                case "q":
                    self._literal = True
                case "b":
                    self._basic = True
                case "e":
                    pass
                case _:
                    message = f'invalid regular expression option: "{letter}"'
                    raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)

    def _read_directors(self) -> None:
        """`***=` makes the rest a literal, `***:` an ARE; `(?letters)` sets options."""
        if self._literal:
            return
        if self._text.startswith("***="):
            self._literal, self._place = True, 4
            return
        if self._text.startswith("***:"):
            self._place = 4
        elif self._text.startswith("***"):
            raise invalid("quantifier operand invalid")
        if self._text.startswith("(?", self._place):
            end = self._text.find(")", self._place)
            letters = self._text[self._place + 2 : end]
            if end > 0 and letters.isalpha():
                self._set_options(letters)
                self._place = end + 1

    def translate(self) -> str:
        rest = self._text[self._place :]
        if self._literal:
            return regex.escape(rest, special_only=True, literal_spaces=True)
        written = self._branches(0)
        if self._place < len(self._text):
            raise invalid("parentheses () not balanced")
        return written

    # The grammar: branches, their pieces, a piece's atom and quantifier.

    def _branches(self, depth: int) -> str:
        if depth > 100:
            raise invalid("regular expression is too complex")
        branches = [self._branch(depth)]
        while self._accept("|"):
            branches.append(self._branch(depth))
        return "|".join(branches)

    def _branch(self, depth: int) -> str:
        pieces: list[str] = []
        while self._place < len(self._text) and self._text[self._place] not in "|)":
            if self._skip_blank():
                continue
            pieces.append(self._piece(depth))
        if self._place < len(self._text) and self._text[self._place] == ")" and depth == 0:
            raise invalid("parentheses () not balanced")
        return "".join(pieces)

    def _skip_blank(self) -> bool:
        if self._text.startswith("(?#", self._place):
            end = self._text.find(")", self._place)
            self._place = len(self._text) if end < 0 else end + 1
            return True
        if not self._expanded:
            return False
        start = self._place
        while self._place < len(self._text) and (self._text[self._place].isspace() or self._text[self._place] == "#"):
            if self._text[self._place] == "#":
                end = self._text.find("\n", self._place)
                self._place = len(self._text) if end < 0 else end
            else:
                self._place += 1
        return self._place > start

    def _piece(self, depth: int) -> str:
        before = self._atoms
        atom, quantifiable = self._atom(depth)
        self._atoms += 1
        quantifier = self._quantifier()
        self._atoms = before + (self._atoms - before) * _most_repeated(quantifier)
        if self._atoms > _MOST_ATOMS:
            raise invalid("regular expression is too complex")
        if not quantifier:
            return atom
        if not quantifiable:
            raise invalid("quantifier operand invalid")
        if self._quantifier():
            raise invalid("quantifier operand invalid")
        return f"(?:{atom}){quantifier}" if len(atom) > 1 else atom + quantifier

    def _quantifier(self) -> str:
        rest = self._text[self._place :]
        if not rest or rest[0] not in "*+?{":
            return ""
        if rest[0] == "{":
            if len(rest) < 2 or not rest[1].isdigit():
                raise invalid("invalid repetition count(s)") if len(rest) > 1 else invalid("braces {} not balanced")
            end = rest.find("}")
            if end < 0:
                raise invalid("braces {} not balanced")
            least, comma, most = rest[1:end].partition(",")
            if not least.isdigit() or (most and not most.isdigit()):
                raise invalid("invalid repetition count(s)")
            if int(least) > _MOST_REPEATED or (most and (int(most) > _MOST_REPEATED or int(most) < int(least))):
                raise invalid("invalid repetition count(s)")
            quantifier = f"{{{least}{comma}{most}}}"
            self._place += end + 1
        else:
            quantifier = rest[0]
            self._place += 1
        lazy = self._accept("?")
        if self._lazy is None:
            self._lazy = lazy
        # The whole expression prefers one way, as its first quantifier says.
        return quantifier + ("?" if self._lazy else "")

    def _atom(self, depth: int) -> tuple[str, bool]:
        """(the atom, whether a quantifier may follow)."""
        character = self._text[self._place]
        match character:
            case "(":
                return self._group(depth)
            case "[":
                return self._brackets(), True
            case ".":
                self._place += 1
                return ("[^\n]" if self._newline in ("n", "p") else "(?s:.)"), True
            case "^":
                self._place += 1
                return "^", False
            case "$":
                self._place += 1
                return ("$" if self._newline in ("n", "w") else r"\Z"), False
            case "\\":
                return self._escape()
            case "*" | "+" | "?":
                raise invalid("quantifier operand invalid")
            case "{" if self._text[self._place + 1 : self._place + 2].isdigit():
                raise invalid("quantifier operand invalid")
            case _:
                self._place += 1
                return regex.escape(character, special_only=False, literal_spaces=True), True

    def _group(self, depth: int) -> tuple[str, bool]:
        self._place += 1
        head, quantifiable = "(", True
        for form in ("(?:", "(?=", "(?!", "(?<=", "(?<!"):
            if self._text.startswith(form[1:], self._place):
                head, quantifiable = form, form == "(?:"
                self._place += len(form) - 1
                break
        inner = self._branches(depth + 1)
        if not self._accept(")"):
            raise invalid("parentheses () not balanced")
        self._groups += head == "("
        return f"{head}{inner})", quantifiable

    def _escape(self) -> tuple[str, bool]:
        self._place += 1
        if self._place >= len(self._text):
            raise invalid("invalid escape \\ sequence")
        letter = self._text[self._place]
        self._place += 1
        if letter in _CLASSES or letter in _NEGATED:
            return _CLASSES.get(letter) or _NEGATED[letter], True
        if letter in _CONSTRAINTS:
            return _CONSTRAINTS[letter], False
        if letter.isdigit() and letter != "0":
            return self._back_reference(letter), True
        return regex.escape(self._character(letter), special_only=False, literal_spaces=True), True

    def _back_reference(self, digit: str) -> str:
        number = digit
        while self._text[self._place : self._place + 1].isdigit() and int(number) * 10 <= self._groups:
            number += self._text[self._place]
            self._place += 1
        if int(number) > self._groups:
            raise invalid("invalid backreference number")
        return f"(?:\\{number})"

    def _character(self, letter: str) -> str:
        """What an escape stands for that means one character."""
        if letter == "c":
            code = ord(self._take(1)) & 31
        elif letter in "uUx":
            digits = self._take({"u": 4, "U": 8}.get(letter, self._hexadecimals()))
            if not digits or any(each not in "0123456789abcdefABCDEF" for each in digits):
                raise invalid("invalid escape \\ sequence")
            code = int(digits, 16)
        elif letter in _CHARACTERS:
            code = _CHARACTERS[letter]
        elif letter.isalnum():
            raise invalid("invalid escape \\ sequence")
        else:
            return letter
        if code > 0x10FFFF:
            raise invalid("invalid escape \\ sequence")
        return chr(code)

    def _hexadecimals(self) -> int:
        count = 0
        while self._text[self._place + count : self._place + count + 1] in tuple("0123456789abcdefABCDEF"):
            count += 1
        return count

    def _take(self, count: int) -> str:
        taken = self._text[self._place : self._place + count]
        if len(taken) < count or not taken:
            raise invalid("invalid escape \\ sequence")
        self._place += count
        return taken

    def _brackets(self) -> str:
        """`[..]`: characters, ranges, classes; a `]` that comes first is one of the characters."""
        self._place += 1
        if self._text.startswith("[:<:]]", self._place) or self._text.startswith("[:>:]]", self._place):
            begin = self._text[self._place + 2] == "<"
            self._place += 6
            return _CONSTRAINTS["m" if begin else "M"]
        negated = self._accept("^")
        parts: list[str] = []
        first = True
        while True:
            if self._place >= len(self._text):
                raise invalid("brackets [] not balanced")
            if self._text[self._place] == "]" and not first:
                self._place += 1
                break
            first = False
            parts.append(self._bracket_item())
        if negated and self._newline in ("n", "p"):
            parts.append("\\n")
        return f"[{'^' if negated else ''}{''.join(parts)}]"

    def _bracket_item(self) -> str:
        if self._text.startswith("[:", self._place):
            end = self._text.find(":]", self._place)
            name = self._text[self._place + 2 : end]
            if end < 0 or name not in _POSIX_CLASSES:
                raise invalid("invalid character class")
            self._place = end + 2
            return "[:alnum:]_" if name == "word" else f"[:{name}:]"
        if self._text[self._place] == "\\" and self._text[self._place + 1 : self._place + 2] in tuple("dws"):
            letter = self._text[self._place + 1]
            self._place += 2
            return _IN_BRACKETS[letter]
        low = self._bracket_character()
        if self._text.startswith("-", self._place) and self._text[self._place + 1 : self._place + 2] not in ("]", ""):
            self._place += 1
            high = self._bracket_character()
            if high < low:
                raise invalid("invalid character range")
            return f"{_quoted(low)}-{_quoted(high)}"
        return _quoted(low)

    def _bracket_character(self) -> str:
        for mark in (".", "="):
            if self._text.startswith(f"[{mark}", self._place):
                end = self._text.find(f"{mark}]", self._place + 2)
                name = self._text[self._place + 2 : end]
                if end < 0 or not (len(name) == 1 or name in _NAMED):
                    raise invalid("invalid collating element")
                self._place = end + 2
                return _NAMED.get(name, name)
        character = self._text[self._place]
        self._place += 1
        if character == "\\":
            return self._character(self._take(1))
        return character

    def _accept(self, character: str) -> bool:
        if self._text.startswith(character, self._place):
            self._place += 1
            return True
        return False


def _most_repeated(quantifier: str) -> int:
    """How often `{3}`, `{3,}` or `{3,5}` repeat what stands before them, as far as that is written; once for others."""
    counts = re.findall("[0-9]+", quantifier)
    return max(int(counts[-1]), 1) if counts else 1


def _quoted(character: str) -> str:
    """A character within brackets of the library's."""
    return f"\\{character}" if character in "\\]^[-&~|" else character
