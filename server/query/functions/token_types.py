"""The kinds of tokens that the parser of text search knows.

Source: PostgreSQL manual, "Parsers"; PostgreSQL 15, wparser_def.c.
"""

from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function

_DEFAULT: Final = 3722
_NAMES: Final = ("default", "pg_catalog.default")
_TOKENS: Final = (
    (1, "asciiword", "Word, all ASCII"),
    (2, "word", "Word, all letters"),
    (3, "numword", "Word, letters and digits"),
    (4, "email", "Email address"),
    (5, "url", "URL"),
    (6, "host", "Host"),
    (7, "sfloat", "Scientific notation"),
    (8, "version", "Version number"),
    (9, "hword_numpart", "Hyphenated word part, letters and digits"),
    (10, "hword_part", "Hyphenated word part, all letters"),
    (11, "hword_asciipart", "Hyphenated word part, all ASCII"),
    (12, "blank", "Space symbols"),
    (13, "tag", "XML tag"),
    (14, "protocol", "Protocol head"),
    (15, "numhword", "Hyphenated word, letters and digits"),
    (16, "asciihword", "Hyphenated word, all ASCII"),
    (17, "hword", "Hyphenated word, all letters"),
    (18, "url_path", "URL path"),
    (19, "file", "File or path name"),
    (20, "float", "Decimal notation"),
    (21, "int", "Signed integer"),
    (22, "uint", "Unsigned integer"),
    (23, "entity", "XML entity"),
)

_Token = tuple[int, str, str]


@function("ts_token_type(oid)")
def ts_token_type(parser: int) -> tuple[_Token, ...]:
    if parser != _DEFAULT:
        # An internal error in PostgreSQL.
        raise InvalidValue(f"cache lookup failed for text search parser {parser}", sqlstate=SqlState.UNDEFINED_OBJECT)
    return _TOKENS


@function("ts_token_type(text)")
def ts_token_type_by_name(parser: str) -> tuple[_Token, ...]:
    if parser not in _NAMES:
        raise InvalidValue(f'text search parser "{parser}" does not exist', sqlstate=SqlState.UNDEFINED_OBJECT)
    return _TOKENS
