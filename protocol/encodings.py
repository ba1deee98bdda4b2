"""PostgreSQL's client encodings and the Python codecs that do the same.

Source: PostgreSQL manual, "Character Set Support". EUC_TW and MULE_INTERNAL are missing, since Python
has no codec for them.
"""

from dataclasses import dataclass
from typing import Final

from protocol.errors import InvalidMessage, InvalidValue
from protocol.sqlstate import SqlState

UTF_8: Final = "utf-8"


@dataclass(frozen=True, slots=True)
class ClientEncoding:
    """`name` is what `SHOW client_encoding` says, `codec` what `bytes.decode` takes."""

    name: str
    codec: str


# Canonical name: (codec, further spellings, folded as `_fold` does).
_TABLE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "UTF8": (UTF_8, ("unicode",)),
    # SILENT: PostgreSQL passes the bytes of SQL_ASCII through unseen; our texts are Unicode, so they need a reading.
    "SQL_ASCII": (UTF_8, ()),
    "LATIN1": ("iso8859-1", ("iso88591",)),
    "LATIN2": ("iso8859-2", ("iso88592",)),
    "LATIN3": ("iso8859-3", ("iso88593",)),
    "LATIN4": ("iso8859-4", ("iso88594",)),
    "LATIN5": ("iso8859-9", ("iso88599",)),
    "LATIN6": ("iso8859-10", ("iso885910",)),
    "LATIN7": ("iso8859-13", ("iso885913",)),
    "LATIN8": ("iso8859-14", ("iso885914",)),
    "LATIN9": ("iso8859-15", ("iso885915",)),
    "LATIN10": ("iso8859-16", ("iso885916",)),
    "ISO_8859_5": ("iso8859-5", ()),
    "ISO_8859_6": ("iso8859-6", ()),
    "ISO_8859_7": ("iso8859-7", ()),
    "ISO_8859_8": ("iso8859-8", ()),
    "KOI8R": ("koi8-r", ("koi8",)),
    "KOI8U": ("koi8-u", ()),
    "WIN866": ("cp866", ("alt", "windows866")),
    "WIN874": ("cp874", ("windows874",)),
    "WIN1250": ("cp1250", ("windows1250",)),
    "WIN1251": ("cp1251", ("win", "windows1251")),
    "WIN1252": ("cp1252", ("windows1252",)),
    "WIN1253": ("cp1253", ("windows1253",)),
    "WIN1254": ("cp1254", ("windows1254",)),
    "WIN1255": ("cp1255", ("windows1255",)),
    "WIN1256": ("cp1256", ("windows1256",)),
    "WIN1257": ("cp1257", ("windows1257",)),
    "WIN1258": ("cp1258", ("abc", "tcvn", "tcvn5712", "vscii", "windows1258")),
    "EUC_JP": ("euc_jp", ()),
    "EUC_CN": ("gb2312", ()),
    "EUC_KR": ("euc_kr", ()),
    "EUC_JIS_2004": ("euc_jis_2004", ()),
    "SJIS": ("cp932", ("mskanji", "shiftjis", "win932", "windows932")),
    "SHIFT_JIS_2004": ("shift_jis_2004", ()),
    "BIG5": ("cp950", ("win950", "windows950")),
    "GBK": ("gbk", ("win936", "windows936")),
    "GB18030": ("gb18030", ()),
    "UHC": ("cp949", ("win949", "windows949")),
    "JOHAB": ("johab", ()),
}


def _fold(name: str) -> str:
    """PostgreSQL compares letters and digits only, without case."""
    return "".join(character for character in name if character.isascii() and character.isalnum()).lower()


_BY_SPELLING: Final = {
    spelling: ClientEncoding(name, codec)
    for name, (codec, aliases) in _TABLE.items()
    for spelling in (_fold(name), *aliases)
}
# UTF8 stands before SQL_ASCII in the table and must win.
_NAME_BY_CODEC: Final = {codec: name for name, (codec, _) in reversed(_TABLE.items())}


def find_encoding(name: str) -> ClientEncoding | None:
    """The encoding under any of PostgreSQL's spellings: `utf-8`, `UNICODE`, `'latin1'`."""
    return _BY_SPELLING.get(_fold(name))


def decode_text(data: bytes, codec: str) -> str:
    """Read text that a message holds.

    Raises:
        InvalidMessage: not fatal, since the message itself was whole.
    """
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        message, sqlstate = explain_undecodable(error, codec)
        raise InvalidMessage(message, sqlstate=sqlstate) from error


def encode_text(text: str, codec: str) -> bytes:
    """Write text for the client.

    Raises:
        InvalidValue: the client's encoding lacks a character (22P05).
    """
    try:
        return text.encode(codec)
    except UnicodeEncodeError as error:
        raise explain_unencodable(error, codec) from error


def explain_undecodable(error: UnicodeDecodeError, codec: str) -> tuple[str, SqlState]:
    """PostgreSQL's text and SQLSTATE for bytes that are no text in `codec`."""
    name = _NAME_BY_CODEC.get(codec, codec)
    if codec == UTF_8:
        bad = error.object[error.start : error.start + _utf8_length(error.object[error.start])]
    else:
        bad = error.object[error.start : error.end]
    if error.reason == "character maps to <undefined>":  # a single-byte code page, where every byte is valid
        return _no_equivalent(bad, name, "UTF8"), SqlState.UNTRANSLATABLE_CHARACTER
    return f'invalid byte sequence for encoding "{name}": {_hexadecimal(bad)}', SqlState.CHARACTER_NOT_IN_REPERTOIRE


def explain_unencodable(error: UnicodeEncodeError, codec: str) -> InvalidValue:
    """PostgreSQL's error for a character that `codec` lacks."""
    # A lone surrogate has no UTF-8 bytes of its own; it is shown all the same.
    bad = error.object[error.start].encode(UTF_8, "surrogatepass")
    name = _NAME_BY_CODEC.get(codec, codec)
    return InvalidValue(_no_equivalent(bad, "UTF8", name), sqlstate=SqlState.UNTRANSLATABLE_CHARACTER)


def _no_equivalent(bad: bytes, source: str, target: str) -> str:
    sequence = _hexadecimal(bad)
    return f'character with byte sequence {sequence} in encoding "{source}" has no equivalent in encoding "{target}"'


def _utf8_length(lead: int) -> int:
    """How many bytes the lead byte announces; 1 for a byte that leads nothing."""
    if 0xC0 <= lead < 0xE0:
        return 2
    if 0xE0 <= lead < 0xF0:
        return 3
    return 4 if 0xF0 <= lead < 0xF8 else 1


def _hexadecimal(data: bytes) -> str:
    return " ".join(f"0x{byte:02x}" for byte in data)
