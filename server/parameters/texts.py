"""Checks of the run-time parameters whose values are texts: encodings, zones, styles, names and lists of names.

Each takes (the parameter's name, the value asked for, the value in force) and gives the shown form, or raises
SETTING_INVALID with PostgreSQL 15's detail.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from protocol.encodings import find_encoding
from server.parameters.kinds import invalid
from server.timezones import find_timezone

DEFAULT_DATE_STYLE: Final = "ISO, MDY"
# Bytes; what PostgreSQL calls NAMEDATALEN, less its end mark.
_LONGEST_NAME: Final = 63
_DATE_ORDERS: Final = {
    "mdy": "MDY",
    "us": "MDY",
    "noneuropean": "MDY",
    "noneuro": "MDY",
    "dmy": "DMY",
    "euro": "DMY",
    "european": "DMY",
    "ymd": "YMD",
}
_DATE_STYLES: Final = {"iso": "ISO", "sql": "SQL", "german": "German"}
_CONFIGURATIONS: Final = (
    "arabic armenian basque catalan danish dutch english finnish french german greek hindi hungarian indonesian irish"
    " italian lithuanian nepali norwegian portuguese romanian russian serbian simple spanish swedish tamil turkish"
    " yiddish"
)
_TEXT_SEARCH: Final = frozenset(_CONFIGURATIONS.split())
# An identifier in double quotes, where a quote is doubled, or anything else without commas, quotes and blanks.
_NAME: Final = r'(?:"(?:[^"]|"")*"|[^\s,"][^\s,]*)'
_NAME_LIST: Final = re.compile(rf"\s*(?:{_NAME}\s*(?:,\s*{_NAME}\s*)*)?")
_EACH_NAME: Final = re.compile(_NAME)
_PLAIN_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
# Key words that PostgreSQL 15 does not take for a name everywhere (pg_get_keywords, catcode other than U).
_WORDS: Final = (
    "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case"
    " cast char character check coalesce collate collation column concurrently constraint create cross"
    " current_catalog current_date current_role current_schema current_time current_timestamp current_user dec"
    " decimal default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze"
    " from full grant greatest group grouping having ilike in initially inner inout int integer intersect interval"
    " into is isnull join lateral leading least left like limit localtime localtimestamp national natural nchar none"
    " normalize not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position"
    " precision primary real references returning right row select session_user setof similar smallint some substring"
    " symmetric table tablesample then time timestamp to trailing treat trim true union unique user using values"
    " varchar variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest"
    " xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable"
)
_KEY_WORDS: Final = frozenset(_WORDS.split())


def quote_names(names: Sequence[str]) -> str:
    """A list of identifiers as SHOW search_path has it, each in double quotes where it needs them."""
    return ", ".join(_quote_name(name) for name in names)


def split_names(value: str) -> tuple[str, ...]:
    """The names of such a list, those without quotes folded to lower case."""
    return tuple(
        name[1:-1].replace('""', '"') if name.startswith('"') else name.lower() for name in _EACH_NAME.findall(value)
    )


def _quote_name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name) and name not in _KEY_WORDS:
        return name
    return '"' + name.replace('"', '""') + '"'


def check_name_list(name: str, value: str, _: str) -> str:
    """Names with commas between, kept as they are written."""
    if _NAME_LIST.fullmatch(value) is None:
        raise invalid(name, value, detail="List syntax is invalid.")
    return value


def check_application_name(_: str, value: str, __: str) -> str:
    """PostgreSQL 15 shows each byte of other than printable ASCII as a question mark and cuts names."""
    data = value.encode(errors="surrogatepass")
    return "".join(chr(byte) if 0x20 <= byte <= 0x7E else "?" for byte in data)[:_LONGEST_NAME]


def check_encoding(name: str, value: str, _: str) -> str:
    encoding = find_encoding(value)
    if encoding is None:
        raise invalid(name, value)
    return encoding.name


def check_timezone(name: str, value: str, _: str) -> str:
    zone = find_timezone(value)
    if zone is None:
        raise invalid(name, value)
    return zone[0]


def check_date_style(name: str, value: str, current: str) -> str:
    """A style, an order or both; what is not named stays, but German brings its own order with it."""
    check_name_list(name, value, current)
    styles: set[str] = set()
    orders: set[str] = set()
    for word in value.split(",") if value.strip() else ():
        folded = word.strip().lower()
        if folded == "default":
            current = DEFAULT_DATE_STYLE
        elif folded in _DATE_ORDERS:
            orders.add(_DATE_ORDERS[folded])
        elif (style := _find_date_style(folded)) is not None:
            styles.add(style)
        else:
            raise invalid(name, value, detail=f'Unrecognized key word: "{folded}".')
    if len(styles) > 1 or len(orders) > 1:
        raise invalid(name, value, detail='Conflicting "datestyle" specifications.')
    style, order = current.split(", ")
    if styles == {"German"}:
        order = "DMY"
    return f"{styles.pop() if styles else style}, {orders.pop() if orders else order}"


def _find_date_style(word: str) -> str | None:
    # PostgreSQL looks only at how the word begins there, for the sake of "postgresql".
    return "Postgres" if word.startswith("postgres") else _DATE_STYLES.get(word)


def check_text_search(name: str, value: str, _: str) -> str:
    found = value.removeprefix("pg_catalog.").lower()
    if found not in _TEXT_SEARCH:
        raise invalid(name, value)
    return f"pg_catalog.{found}"


def check_tablespace(name: str, value: str, _: str) -> str:
    if value not in ("", "pg_default", "pg_global"):
        raise invalid(name, value, detail=f'Tablespace "{value}" does not exist.')
    return value


def check_access_method(name: str, value: str, _: str) -> str:
    if not value:
        raise invalid(name, value, detail=f"{name} cannot be empty.")
    if value != "heap":
        raise invalid(name, value, detail=f'Table access method "{value}" does not exist.')
    return value


def check_relation_kinds(name: str, value: str, current: str) -> str:
    check_name_list(name, value, current)
    for word in value.split(",") if value.strip() else ():
        if word.strip().lower() not in ("view", "foreign-table"):
            raise invalid(name, value, detail=f'Unrecognized key word: "{word.strip().lower()}".')
    return value


def one_of(*values: str) -> Callable[[str, str, str], str]:
    """Exactly one of these, as it is written."""

    def check(name: str, value: str, _: str) -> str:
        if value not in values:
            raise invalid(name, value)
        return value

    return check
