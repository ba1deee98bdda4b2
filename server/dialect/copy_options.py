"""Reads the options of COPY TO one by one and checks them together, in PostgreSQL's order and words."""

from typing import Final, NoReturn

from protocol.encodings import find_encoding
from server.dialect.cursor import Cursor
from server.dialect.option_values import read_boolean
from server.errors import Condition, OdpsError
from server.statements import CopyFormat, CopyOptions, Identifier

_STRINGS: Final = ("delimiter", "null", "quote", "escape", "encoding")
_ONLY_FROM: Final = {"force_not_null": "force not null", "force_null": "force null"}
# As in PostgreSQL: these would be taken for a row's text, its end, or the marker of NULL.
_NO_DELIMITERS: Final = "\\.abcdefghijklmnopqrstuvwxyz0123456789"


class OptionReader:
    """Gathers options from a cursor, each with its place; `finish` makes them one value."""

    def __init__(self, cursor: Cursor) -> None:
        self._cursor = cursor
        self._at: dict[str, int] = {}
        self._texts: dict[str, str] = {}
        self._format = CopyFormat.TEXT
        self._header = False
        self._force_quote: tuple[Identifier, ...] | None = ()

    def set_binary(self) -> None:
        """Take BINARY, which stood before the table."""
        self._note("format", self._cursor.at)
        self._format = CopyFormat.BINARY

    def read_generic(self) -> None:
        """Reads `name [value]`, as it stands in parentheses."""
        cursor = self._cursor
        at = cursor.at
        name = cursor.identifier("an option").name
        if name in _STRINGS:
            self._note(name, at)
            self._texts[name] = self._value(name)
        elif name == "format":
            self._note(name, at)
            self._format = self._read_format()
        elif name == "header":
            self._note(name, at)
            self._header = self._read_header()
        elif name == "force_quote":
            self._note(name, at)
            self._force_quote = self._read_columns(in_parentheses=True)
        else:
            self._refuse(name, at)

    def read_old(self) -> None:
        """Reads one option as it was written before PostgreSQL 9.0: `CSV`, `DELIMITER [AS] ';'` ..."""
        cursor = self._cursor
        at = cursor.at
        word = cursor.accept_any("BINARY", "CSV", "HEADER", "FORCE", *(name.upper() for name in _STRINGS)).lower()
        match word:
            case "binary" | "csv":
                self._note("format", at)
                self._format = CopyFormat(word)
            case "header":
                self._note(word, at)
                self._header = True
            case "force":
                if cursor.sees("NOT", "NULL") or cursor.sees("NULL"):
                    self._refuse("force_null" if cursor.sees("NULL") else "force_not_null", at)
                cursor.expect("QUOTE")
                self._note("force_quote", at)
                self._force_quote = self._read_columns(in_parentheses=False)
            case "":
                if cursor.sees("FREEZE"):
                    self._refuse("freeze", at)
                raise cursor.unexpected("an option")
            case _:
                self._note(word, at)
                if word != "encoding":
                    cursor.accept("AS")
                literal = cursor.accept_string()
                if literal is None:
                    raise cursor.unexpected("a string", private=True)
                self._texts[word] = literal.value

    def finish(self) -> CopyOptions:
        """Fill in the defaults and check what the options say together.

        Raises:
            OdpsError: a COPY_ condition, at the option that is wrong.
        """
        csv = self._format is CopyFormat.CSV
        encoding = self._texts.get("encoding")
        if encoding is not None and find_encoding(encoding) is None:
            raise OdpsError(Condition.COPY_ENCODING_UNKNOWN, at=self._place("encoding"))
        if self._format is CopyFormat.BINARY:
            for name in ("delimiter", "null", "header"):
                if name in self._at and (name != "header" or self._header):
                    raise OdpsError(Condition.COPY_BINARY, at=self._at[name], option=name.upper())
        delimiter = self._texts.get("delimiter", "," if csv else "\t")
        null = self._texts.get("null", "" if csv else r"\N")
        quote = self._texts.get("quote", '"' if csv else "")
        escape = self._texts.get("escape", quote)
        self._check_delimiter(delimiter)
        for end_of_line in "\r\n":
            if end_of_line in null:
                self._invalid("null", "null representation cannot use newline or carriage return")
        self._check_quotes(delimiter, quote, escape)
        if delimiter in null:
            self._unsupported("null", "delimiter must not appear in the NULL specification", "delimiter")
        if csv and quote in null:
            raise OdpsError(
                Condition.COPY_NOT_SUPPORTED,
                at=self._place("null", "quote"),
                reason="CSV quote character must not appear in the NULL specification",
            )
        if self._format is CopyFormat.BINARY:
            return CopyOptions(self._format, "", "", encoding=encoding)
        return CopyOptions(self._format, delimiter, null, self._header, quote, escape, self._force_quote, encoding)

    def _note(self, name: str, at: int) -> None:
        if name in self._at:
            raise OdpsError(Condition.OPTION_CONFLICT, at=at)
        self._at[name] = at

    def _place(self, *names: str) -> int | None:
        return next((self._at[name] for name in names if name in self._at), None)

    def _refuse(self, name: str, at: int) -> NoReturn:
        if name == "freeze":
            raise self._cursor.not_supported("COPY FREEZE", at)
        if name in _ONLY_FROM:
            reason = f"{_ONLY_FROM[name]} only available using COPY FROM"
            raise OdpsError(Condition.COPY_NOT_SUPPORTED, at=at, reason=reason)
        raise OdpsError(Condition.COPY_OPTION_UNKNOWN, at=at, option=name)

    def _invalid(self, name: str, reason: str) -> NoReturn:
        raise OdpsError(Condition.COPY_INVALID, at=self._place(name), reason=reason)

    def _unsupported(self, name: str, reason: str, *others: str) -> NoReturn:
        raise OdpsError(Condition.COPY_NOT_SUPPORTED, at=self._place(name, *others), reason=reason)

    def _value(self, name: str) -> str:
        """The value of an option: a string, a number or a word."""
        literal = self._cursor.accept_string() or self._cursor.accept_number()
        return self._cursor.identifier(f"a value of {name}").name if literal is None else literal.value

    def _read_format(self) -> CopyFormat:
        at = self._cursor.at
        name = self._value("format")
        if name not in tuple(CopyFormat):
            raise OdpsError(Condition.COPY_FORMAT_UNKNOWN, at=at, format=name)
        return CopyFormat(name)

    def _read_header(self) -> bool:
        at = self._cursor.at
        if self._cursor.sees(",") or self._cursor.sees(")"):
            return True
        value = self._value("header")
        if value.lower() == "match":
            self._unsupported("header", 'cannot use "match" with HEADER in COPY TO')
        return read_boolean("header", value, at)

    def _read_columns(self, *, in_parentheses: bool) -> tuple[Identifier, ...] | None:
        cursor = self._cursor
        if cursor.accept("*"):
            return None
        if in_parentheses:
            cursor.expect("(")
        columns = [cursor.identifier("a column name")]
        while cursor.accept(","):
            columns.append(cursor.identifier("a column name"))
        if in_parentheses:
            cursor.expect(")")
        return tuple(columns)

    def _check_delimiter(self, delimiter: str) -> None:
        if not _is_one_byte(delimiter):
            self._unsupported("delimiter", "delimiter must be a single one-byte character")
        if delimiter in "\r\n":
            self._invalid("delimiter", "delimiter cannot be newline or carriage return")
        if self._format is CopyFormat.TEXT and delimiter in _NO_DELIMITERS:
            self._invalid("delimiter", f'delimiter cannot be "{delimiter}"')

    def _check_quotes(self, delimiter: str, quote: str, escape: str) -> None:
        csv = self._format is CopyFormat.CSV
        for name, value in (("quote", quote), ("escape", escape)):
            if not csv and name in self._at:
                self._unsupported(name, f"{name} available only in CSV mode")
            if csv and not _is_one_byte(value):
                self._unsupported(name, f"{name} must be a single one-byte character")
        if csv and delimiter == quote:
            self._invalid("delimiter" if "delimiter" in self._at else "quote", "delimiter and quote must be different")
        if not csv and "force_quote" in self._at:
            self._unsupported("force_quote", "force quote available only in CSV mode")


def _is_one_byte(value: str) -> bool:
    return len(value) == 1 and value.isascii()
