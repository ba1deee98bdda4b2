"""Reads RECORD, the statement in which a dump says what no other one can.

SILENT: MaxCompute has nothing like it.
"""

from server.dialect.alterations import parse_options
from server.dialect.cursor import Cursor
from server.statements import Identifier, ObjectName, RecordFacts
from server.statements.facts import Recorded


def parse_record(cursor: Cursor) -> RecordFacts:
    """Reads `{ USER | PROJECT | SCHEMA | MODEL } name [VERSION version] (fact = 'value', ...)`."""
    kind = Recorded(cursor.expect_any(*Recorded))
    if kind is Recorded.USER:
        name = ObjectName((cursor.principal(),))
    else:
        name = cursor.object_name(most={Recorded.PROJECT: 1, Recorded.SCHEMA: 2, Recorded.MODEL: 3}[kind])
    version: Identifier | None = None
    if kind is Recorded.MODEL and cursor.accept("VERSION"):
        version = cursor.identifier("a version name")
    at = cursor.at
    facts = parse_options(cursor)
    cursor.expect_end()
    return RecordFacts(kind, name, facts, version, at)
