"""The smallest pieces of canonical text: names, values, options."""

import re
from typing import Final, assert_never

from server.dialect.literals import format_literal
from server.statements import Identifier, Literal, ObjectName, Option, Parameter, Value
from server.statements.models import MASK, SECRET_OPTIONS

_PLAIN: Final = re.compile(r"[^\W\d]\w*")
# Names that would be taken for the word of a clause where they stand first.
_CLAUSE_WORDS: Final = frozenset({"extended", "if", "schema"})


def format_name(identifier: Identifier) -> str:
    name = identifier.name
    if _PLAIN.fullmatch(name) and name not in _CLAUSE_WORDS:
        return name
    return "`" + name.replace("`", "``") + "`"


def format_object(name: ObjectName) -> str:
    return ".".join(format_name(part) for part in name.parts)


def format_value(value: Value) -> str:
    match value:
        case Literal(text):
            return format_literal(text)
        case Parameter(number):
            return f"${number}"
        case _:
            assert_never(value)


def format_option(option: Option, mask_secrets: bool) -> str:
    """`KEY = 'value'`, a secret masked if so asked."""
    value = option.value
    if mask_secrets and option.key in SECRET_OPTIONS and isinstance(value, Literal):
        value = Literal(MASK)
    return f"{option.key} = {format_value(value)}"
