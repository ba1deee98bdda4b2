"""COPY (query) TO STDOUT: rows as the lines or records of a file.

Source: PostgreSQL manual, COPY, "File Formats"; PostgreSQL's CopyAttributeOutText and CopyAttributeOutCSV.
A value comes as its text or binary form, already in the encoding of the output.
"""

import struct
from collections.abc import Sequence

from server.statements import CopyFormat, CopyOptions

# The signature, no flags, no header extension; and the end of the data.
BINARY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
BINARY_TRAILER = struct.pack(">h", -1)
_NULL = struct.pack(">i", -1)

_TEXT_ESCAPES = {
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
}


class CopyWriter:
    """Writes the rows of one COPY.

    Args:
        names: of the columns.
        encoding: the Python codec of the output.
    """

    def __init__(self, options: CopyOptions, names: Sequence[str], encoding: str) -> None:
        self._options = options
        self._names = names
        self._encoding = encoding
        # Only the text format escapes; the binary one has no delimiter.
        delimiter = {options.delimiter: f"\\{options.delimiter}"} if options.delimiter else {}
        self._escapes = str.maketrans({**delimiter, **_TEXT_ESCAPES})
        forced = options.force_quote
        self._forced = [forced is None or name in {each.name for each in forced} for name in names]

    def header(self) -> bytes:
        """What comes before the first row."""
        if self._options.format is CopyFormat.BINARY:
            return BINARY_HEADER
        if not self._options.header:
            return b""
        return self._line([self._field(name, forced=False) for name in self._names])

    def row(self, values: Sequence[bytes | None]) -> bytes:
        """One row; None is NULL."""
        options = self._options
        if options.format is CopyFormat.BINARY:
            fields = [_NULL if value is None else struct.pack(">i", len(value)) + value for value in values]
            return struct.pack(">h", len(values)) + b"".join(fields)
        return self._line(
            [
                options.null if value is None else self._field(value.decode(self._encoding), forced=forced)
                for value, forced in zip(values, self._forced, strict=True)
            ]
        )

    def trailer(self) -> bytes:
        """What comes after the last row."""
        return BINARY_TRAILER if self._options.format is CopyFormat.BINARY else b""

    def _field(self, text: str, *, forced: bool) -> str:
        if self._options.format is CopyFormat.TEXT:
            return text.translate(self._escapes)
        return self._quote(text) if forced or self._needs_quotes(text) else text

    def _needs_quotes(self, text: str) -> bool:
        options = self._options
        if text == options.null or (text == "\\." and len(self._names) == 1):
            return True
        return any(each in text for each in (options.delimiter, options.quote, "\n", "\r"))

    def _quote(self, text: str) -> str:
        quote, escape = self._options.quote, self._options.escape
        if escape != quote:
            text = text.replace(escape, escape * 2)
        return f"{quote}{text.replace(quote, escape + quote)}{quote}"

    def _line(self, fields: Sequence[str]) -> bytes:
        return (self._options.delimiter.join(fields) + "\n").encode(self._encoding)
