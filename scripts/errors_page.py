#!/usr/bin/env python3
"""Prints docs/errors.md from the table of conditions: scripts/errors_page.py > docs/errors.md.

Needs the environment of scripts/test: .venv/bin/python scripts/errors_page.py
"""

import sys
from collections.abc import Iterator

from server.errors import Condition, Head

_INTRODUCTION = """\
# Errors and notices

Written by `scripts/errors_page.py` from the table in `server/errors.py`; change that table, not this page.

Every error and notice that a statement, a session or the store can end in is one row here. A message is the head of its
group, then the text of its row; words in braces are filled in. `[line,column]` counts from 1 in the text that the
client sent, and is `[0,0]` where no place is meant.

An `ErrorResponse` or `NoticeResponse` carries the severity, the SQLSTATE, the message, and where it helps

- `position`: the place in the client's text, in characters from 1;
- `detail`: the full name of the object, `Model: project.schema.model`;
- `hint`: a next step, such as the option that was probably meant.

An error about a model statement never repeats the value of an option, nor what stands near it: that might be a secret.
Model and source types are repeated, since they come from a fixed list. A text that stumbles behind the word APIKEY or
PASSWORD, be it statements later, is told of a `<word>` at its place, not of which one it is.

Severity ERROR undoes the statement, and the transaction it stands in has to be rolled back, to its start or to a
savepoint; the session goes on. FATAL
ends the connection. WARNING and NOTICE come with a statement that succeeds; `client_min_messages` can hold them back.
"""

_CODES = {
    Head.PARSE: "The text is no statement of this server.",
    Head.SEMANTIC: "The statement is wrong whatever the catalog holds.",
    Head.TABLE: "A SELECT names a relation that is not there.",
    Head.DDL: "The statement is right, and the catalog does not allow it.",
    Head.AUTHORIZATION: "The principal may not do it.",
    Head.ACCESS: "The principal is not a member of the project.",
    Head.POSTGRES: "PostgreSQL's own conditions: no ODPS code, PostgreSQL's words wherever it has some.",
}

_END = """\
## Messages that are not well formed

Two more kinds of error come from reading and writing single messages, with PostgreSQL's texts:

- A message that breaks the protocol: 08P01 (`protocol_violation`), 0A000 for a protocol version that is not spoken,
  28000 for a startup packet without a user. It is FATAL when the stream cannot be followed any further (an unknown
  message type, a wrong length), else an ERROR after which the session goes on.
- A value that cannot be read or written in the form asked for: 22P02 and 22P03 (text and binary representation), 22003,
  22007, 22008 and 22009 (numbers and times), 22021 and 22P05 (characters and encodings), 22023 (a format code that is
  neither 0 nor 1).
"""


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _page() -> Iterator[str]:
    yield _INTRODUCTION
    for head in Head:
        conditions = [condition for condition in Condition if condition.head is head]
        code, words, _ = head.value
        yield f"## {f'{code}: {words}' if code else 'Without an ODPS code'}\n"
        yield f"{_CODES[head]}\n"
        if code:
            yield f"Message: `{head.format('<text>', 1, 8)}`\n"
        yield "| SQLSTATE | PostgreSQL's name | severity | text | condition |"
        yield "|---|---|---|---|---|"
        for condition in conditions:
            state = condition.sqlstate
            yield (
                f"| {state.value} | `{state.name.lower()}` | {condition.severity.value} | "
                f"{_escape(condition.text)} | `{condition.name}` |"
            )
        yield ""
    yield _END.rstrip("\n")


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write("\n".join(_page()) + "\n")


if __name__ == "__main__":
    main()
