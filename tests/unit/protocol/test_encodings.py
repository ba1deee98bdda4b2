"""Names, codecs and error texts of client encodings, as PostgreSQL 15 gives them."""

import codecs

import pytest

from protocol.encodings import decode_text, encode_text, find_encoding
from protocol.errors import InvalidMessage, InvalidValue


@pytest.mark.parametrize(
    ("spelling", "name", "codec"),
    [
        ("UTF8", "UTF8", "utf-8"),
        ("utf-8", "UTF8", "utf-8"),
        ("'Unicode'", "UTF8", "utf-8"),
        ("SQL_ASCII", "SQL_ASCII", "utf-8"),
        ("latin1", "LATIN1", "iso8859-1"),
        ("ISO-8859-1", "LATIN1", "iso8859-1"),
        ("iso_8859_5", "ISO_8859_5", "iso8859-5"),
        ("Windows-1252", "WIN1252", "cp1252"),
        ("WIN", "WIN1251", "cp1251"),
        ("euc-jp", "EUC_JP", "euc_jp"),
        ("Shift_JIS", "SJIS", "cp932"),
        ("gbk", "GBK", "gbk"),
        ("GB18030", "GB18030", "gb18030"),
    ],
)
def test_spellings(spelling: str, name: str, codec: str) -> None:
    encoding = find_encoding(spelling)

    assert encoding is not None
    assert (encoding.name, encoding.codec) == (name, codec)


@pytest.mark.parametrize("name", ["", "nope", "utf-16", "MULE_INTERNAL", "EUC_TW", "ÜTF8x"])
def test_encodings_that_are_none(name: str) -> None:
    assert find_encoding(name) is None


def test_every_codec_exists_and_keeps_ascii() -> None:
    names = (
        "UTF8 SQL_ASCII BIG5 EUC_CN EUC_JP EUC_JIS_2004 EUC_KR GB18030 GBK ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8"
    )
    names += " JOHAB KOI8R KOI8U SJIS SHIFT_JIS_2004 UHC WIN866 WIN874"
    names += "".join(f" LATIN{number}" for number in range(1, 11))
    names += "".join(f" WIN125{number}" for number in range(9))
    for name in names.split():
        encoding = find_encoding(name)
        assert encoding is not None, name
        assert encoding.name == name
        assert codecs.lookup(encoding.codec)
        assert encode_text("SELECT 'x';", encoding.codec) == b"SELECT 'x';"


@pytest.mark.parametrize(
    ("data", "codec", "message", "sqlstate"),
    [
        (b"a\xff", "utf-8", 'invalid byte sequence for encoding "UTF8": 0xff', "22021"),
        (b"\xc3\x28b", "utf-8", 'invalid byte sequence for encoding "UTF8": 0xc3 0x28', "22021"),
        (b"\xe4\xb8", "utf-8", 'invalid byte sequence for encoding "UTF8": 0xe4 0xb8', "22021"),
        (b"\xf0\x28\x28\x28z", "utf-8", 'invalid byte sequence for encoding "UTF8": 0xf0 0x28 0x28 0x28', "22021"),
        (b"\x81", "cp932", 'invalid byte sequence for encoding "SJIS": 0x81', "22021"),
        (
            b"\x81",
            "cp1252",
            'character with byte sequence 0x81 in encoding "WIN1252" has no equivalent in encoding "UTF8"',
            "22P05",
        ),
    ],
)
def test_undecodable_bytes(data: bytes, codec: str, message: str, sqlstate: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        decode_text(data, codec)

    assert (caught.value.message, caught.value.sqlstate, caught.value.fatal) == (message, sqlstate, False)


@pytest.mark.parametrize(
    ("text", "codec", "message"),
    [
        ("a中", "iso8859-1", '0xe4 0xb8 0xad in encoding "UTF8" has no equivalent in encoding "LATIN1"'),
        ("\ud800", "utf-8", '0xed 0xa0 0x80 in encoding "UTF8" has no equivalent in encoding "UTF8"'),
    ],
)
def test_unencodable_characters(text: str, codec: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        encode_text(text, codec)

    assert (caught.value.message, caught.value.sqlstate) == (f"character with byte sequence {message}", "22P05")
