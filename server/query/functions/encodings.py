"""The numbers and names of encodings.

Source: PostgreSQL 15, pg_enc and pg_enc2name_tbl; manual, "Character Set Support".
"""

from typing import Final

from server.query.functions.registry import function

# By number; with the most bytes that a character takes.
_ENCODINGS: Final = (
    ("SQL_ASCII", 1),
    ("EUC_JP", 3),
    ("EUC_CN", 3),
    ("EUC_KR", 3),
    ("EUC_TW", 4),
    ("EUC_JIS_2004", 3),
    ("UTF8", 4),
    ("MULE_INTERNAL", 4),
    ("LATIN1", 1),
    ("LATIN2", 1),
    ("LATIN3", 1),
    ("LATIN4", 1),
    ("LATIN5", 1),
    ("LATIN6", 1),
    ("LATIN7", 1),
    ("LATIN8", 1),
    ("LATIN9", 1),
    ("LATIN10", 1),
    ("WIN1256", 1),
    ("WIN1258", 1),
    ("WIN866", 1),
    ("WIN874", 1),
    ("KOI8R", 1),
    ("WIN1251", 1),
    ("WIN1252", 1),
    ("ISO_8859_5", 1),
    ("ISO_8859_6", 1),
    ("ISO_8859_7", 1),
    ("ISO_8859_8", 1),
    ("WIN1250", 1),
    ("WIN1253", 1),
    ("WIN1254", 1),
    ("WIN1255", 1),
    ("WIN1257", 1),
    ("KOI8U", 1),
    ("SJIS", 2),
    ("BIG5", 2),
    ("GBK", 2),
    ("UHC", 2),
    ("GB18030", 4),
    ("JOHAB", 3),
    ("SHIFT_JIS_2004", 2),
)
_ALIASES: Final = {
    "abc": "win1258",
    "alt": "win866",
    "iso88591": "latin1",
    "iso885910": "latin6",
    "iso885913": "latin7",
    "iso885914": "latin8",
    "iso885915": "latin9",
    "iso885916": "latin10",
    "iso88592": "latin2",
    "iso88593": "latin3",
    "iso88594": "latin4",
    "iso88599": "latin5",
    "koi8": "koi8r",
    "mskanji": "sjis",
    "shiftjis": "sjis",
    "tcvn": "win1258",
    "tcvn5712": "win1258",
    "unicode": "utf8",
    "vscii": "win1258",
    "win": "win1251",
    "win932": "sjis",
    "win936": "gbk",
    "win949": "uhc",
    "win950": "big5",
    "windows866": "win866",
    "windows874": "win874",
    "windows932": "sjis",
    "windows936": "gbk",
    "windows949": "uhc",
    "windows950": "big5",
    **{f"windows{number}": f"win{number}" for number in range(1250, 1259)},
}


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isascii() and character.isalnum())


_NUMBERS: Final = {_plain(name): number for number, (name, _) in enumerate(_ENCODINGS)}


@function("pg_encoding_to_char")
def pg_encoding_to_char(number: int) -> str:
    return _ENCODINGS[number][0] if 0 <= number < len(_ENCODINGS) else ""


@function("pg_char_to_encoding")
def pg_char_to_encoding(name: str) -> int:
    """-1 for none. Only letters and digits count."""
    plain = _plain(name)
    return _NUMBERS.get(_ALIASES.get(plain, plain), -1)


@function("pg_encoding_max_length")
def pg_encoding_max_length(number: int) -> int | None:
    return _ENCODINGS[number][1] if 0 <= number < len(_ENCODINGS) else None
