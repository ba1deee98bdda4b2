"""Writes RECORD back as text; see `canonical`."""

from server.dialect.canonical_names import format_name, format_object, format_option
from server.dialect.canonical_privileges import format_principal
from server.statements import RecordFacts
from server.statements.facts import Recorded


def format_record(statement: RecordFacts, *, mask_secrets: bool) -> str:
    """The canonical text, without a semicolon; `mask_secrets` as in `format_statement`."""
    name = format_object(statement.name)
    if statement.kind is Recorded.USER:
        name = format_principal(statement.name.parts[0])
    version = "" if statement.version is None else f" VERSION {format_name(statement.version)}"
    facts = ", ".join(format_option(fact, mask_secrets) for fact in statement.facts)
    return f"RECORD {statement.kind} {name}{version} ({facts})"
