"""Texts: their length, their parts, their case, and putting them together.

Texts are counted in characters. Source: PostgreSQL manual, "String Functions and Operators"; PostgreSQL 15, varlena.c,
oracle_compat.c.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.functions.value_errors import check_length, out_of_range
from server.query.functions.value_texts import cast_to_text
from server.query.runtime import Runtime

# Characters whose case is changed in one call of Python's; in between, other threads have their turn.
_PIECE: Final = 1 << 20
_SIGMA: Final = "\N{GREEK SMALL LETTER SIGMA}"
_HIGHEST: Final = (1 << 31) - 1
# How many times as long a text can become.
_GROWTH: Final = {"NFC": 3, "NFD": 4, "NFKC": 18, "NFKD": 18}


@function("textcat")
def textcat(left: str, right: str) -> str:
    check_length(len(left) + len(right))
    return left + right


@typed_function("textanycat", "anytextcat", runtime=True)
def cat_with_any(types: CallTypes) -> Scalar:
    """A text and anything else, as its text."""
    left, right = (cast_to_text(oid) for oid in types.arguments)

    def cat(runtime: Runtime, one: object, other: object) -> str:
        return textcat(left(runtime, one), right(runtime, other))

    return cat


@function("length(text)", "char_length(text)", "character_length(text)", "textlen")
def length(text: str) -> int:
    return len(text)


@function("length(bpchar)", "char_length(bpchar)", "character_length(bpchar)", "bpcharlen")
def length_of_bpchar(text: str) -> int:
    return len(text.rstrip(" "))


@function("octet_length(text)", "octet_length(bpchar)", "textoctetlen", "bpcharoctetlen")
def octet_length(text: str) -> int:
    return len(text.encode())


@function("bit_length(text)")
def bit_length(text: str) -> int:
    return len(text.encode()) * 8


@function("lower(text)")
def lower(text: str) -> str:
    """Of one character one: the dotted capital I of Turkish becomes a plain i, and no sigma is a final one."""
    if text.isascii():
        return text.lower()
    return "".join(piece.replace("İ", "i").replace("Σ", _SIGMA).lower() for piece in _pieces(text))


@function("upper(text)")
def upper(text: str) -> str:
    """Of one character one: what has no capital of one character stays."""
    return text.upper() if text.isascii() else "".join(map(_upper_piece, _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    return (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))


def _upper_piece(text: str) -> str:
    # A capital is never fewer characters than its small letter, so as many in all are one for each.
    capitals = text.upper()
    return capitals if len(capitals) == len(text) else "".join(map(_upper, text))


def _lower(character: str) -> str:
    return character.lower()[0]


def _upper(character: str) -> str:
    capital = character.upper()
    return capital if len(capital) == 1 else character


@function("initcap(text)")
def initcap(text: str) -> str:
    written, inside = [], False
    for character in text:
        written.append(_lower(character) if inside else _upper(character))
        inside = character.isalnum()
    return "".join(written)


@function("substr(text,int4)", "substring(text,int4)")
def substring_from(text: str, start: int) -> str:
    return text[max(start - 1, 0) :]


@function("substr(text,int4,int4)", "substring(text,int4,int4)")
def substring(text: str, start: int, count: int) -> str:
    if count < 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    return text[max(start - 1, 0) : max(start - 1 + count, 0)]


@function("position(text,text)", "strpos(text,text)", "textpos")
def position(text: str, part: str) -> int:
    return text.find(part) + 1


@function("overlay(text,text,int4)")
def overlay(text: str, new: str, start: int) -> str:
    return overlay_of_length(text, new, start, len(new))


@function("overlay(text,text,int4,int4)")
def overlay_of_length(text: str, new: str, start: int, count: int) -> str:
    if start <= 0:
        raise InvalidValue("negative substring length not allowed", sqlstate=SqlState.SUBSTRING_ERROR)
    if start + count > _HIGHEST:
        raise out_of_range("integer")
    return text[: start - 1] + new + text[max(start - 1 + count, 0) :]


@function("btrim(text)")
def btrim(text: str) -> str:
    return text.strip(" ")


@function("ltrim(text)")
def ltrim(text: str) -> str:
    return text.lstrip(" ")


@function("rtrim(text)")
def rtrim(text: str) -> str:
    return text.rstrip(" ")


@function("btrim(text,text)")
def btrim_of(text: str, characters: str) -> str:
    return text.strip(characters) if characters else text


@function("ltrim(text,text)")
def ltrim_of(text: str, characters: str) -> str:
    return text.lstrip(characters) if characters else text


@function("rtrim(text,text)")
def rtrim_of(text: str, characters: str) -> str:
    return text.rstrip(characters) if characters else text


@function("lpad(text,int4)", "lpad(text,int4,text)")
def lpad(text: str, width: int, fill: str = " ") -> str:
    return (_fill(width - len(text), fill) + text)[: max(width, 0)] if len(text) < width else text[: max(width, 0)]


@function("rpad(text,int4)", "rpad(text,int4,text)")
def rpad(text: str, width: int, fill: str = " ") -> str:
    return text + _fill(width - len(text), fill) if len(text) < width else text[: max(width, 0)]


def _fill(count: int, fill: str) -> str:
    check_length(count)
    return (fill * (count // len(fill) + 1))[:count] if fill else ""


@function("left(text,int4)")
def left_of(text: str, count: int) -> str:
    return text[:count]


@function("right(text,int4)")
def right_of(text: str, count: int) -> str:
    return text[-count:] if count else ""


@function("repeat(text,int4)")
def repeat(text: str, count: int) -> str:
    check_length(len(text) * max(count, 0))
    return text * max(count, 0)


@function("replace(text,text,text)")
def replace(text: str, old: str, new: str) -> str:
    if not old:
        return text
    check_length(len(text) + text.count(old) * max(len(new) - len(old), 0))
    return text.replace(old, new)


@function("reverse(text)")
def reverse(text: str) -> str:
    return text[::-1]


@function("translate(text,text,text)")
def translate(text: str, source: str, target: str) -> str:
    mapped: dict[str, str] = {}
    for index, character in enumerate(source):
        mapped.setdefault(character, target[index] if index < len(target) else "")
    return "".join([mapped.get(character, character) for character in text])


@function("split_part(text,text,int4)")
def split_part(text: str, separator: str, number: int) -> str:
    if number == 0:
        raise InvalidValue("field position must not be zero", sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    parts = text.split(separator) if separator else [text]
    index = number - 1 if number > 0 else len(parts) + number
    return parts[index] if 0 <= index < len(parts) else ""


@function("starts_with(text,text)")
def starts_with(text: str, prefix: str) -> bool:
    return text.startswith(prefix)


@function("ascii(text)")
def ascii_code(text: str) -> int:
    return ord(text[0]) if text else 0


@function("chr(int4)")
def chr_of(code: int) -> str:
    if code == 0:
        raise InvalidValue("null character not permitted", sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    if code < 0:
        raise InvalidValue("character number must be positive", sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    if code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        fault = "too large" if code > 0x10FFFF else "not valid"
        message = f"requested character {fault} for encoding: {code}"
        raise InvalidValue(message, sqlstate=SqlState.PROGRAM_LIMIT_EXCEEDED)
    return chr(code)


@function("md5(text)")
def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@function("normalize(text,text)")
def normalize(text: str, form: str = "NFC") -> str:
    form = _check_form(form)
    if text.isascii():
        return text
    check_length(len(text) * _GROWTH[form])
    return unicodedata.normalize(form, text)  # type: ignore[arg-type]  # checked to be one of the forms


@function("is_normalized(text,text)")
def is_normalized(text: str, form: str = "NFC") -> bool:
    return normalize(text, form) == text


def _check_form(form: str) -> str:
    if form.upper() not in _GROWTH:
        message = f"invalid normalization form: {form}"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return form.upper()


@function("string_to_table(text,text)", "string_to_table(text,text,text)")
def string_to_table(text: str | None, separator: str | None, null: str | None = None) -> Iterator[str | None]:
    yield from string_to_array(text, separator, null) or ()


@function("string_to_array(text,text)", "string_to_array(text,text,text)")
def string_to_array(text: str | None, separator: str | None, null: str | None = None) -> list[str | None] | None:
    """The parts between separators; without one (NULL) the characters. What equals `null` is NULL."""
    if text is None:
        return None
    if not text:
        return []
    parts = list(text) if separator is None else text.split(separator) if separator else [text]
    return [None if null is not None and part == null else part for part in parts]
