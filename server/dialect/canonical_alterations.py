"""Writes the alterations of models back as text; see `canonical`."""

from typing import assert_never

from server.dialect.canonical_names import format_name, format_object, format_option, format_value
from server.statements.alterations import (
    Alteration,
    ChangeOwner,
    DropAlias,
    RenameModel,
    SetAlias,
    SetComment,
    SetLabels,
    SetLifecycle,
    SetOptions,
    UnsetLabels,
)


def format_alteration(statement: Alteration, *, mask_secrets: bool) -> str:
    """The canonical text, without a semicolon; `mask_secrets` as in `format_statement`."""
    if_exists = "IF EXISTS " if statement.if_exists else ""
    modify = ""
    if isinstance(statement, SetComment | SetOptions | SetLabels | UnsetLabels | SetLifecycle) and statement.version:
        modify = f"MODIFY VERSION {format_name(statement.version)} "
    return f"ALTER MODEL {if_exists}{format_object(statement.name)} {modify}{_action(statement, mask_secrets)}"


def _action(statement: Alteration, mask_secrets: bool) -> str:
    match statement:
        case SetComment(comment=comment):
            return f"SET COMMENT {format_value(comment)}"
        case SetOptions(options=options):
            return f"SET OPTIONS ({', '.join(format_option(option, mask_secrets) for option in options)})"
        case SetLabels(labels=labels):
            pairs = (f"{format_value(label.key)} = {format_value(label.value)}" for label in labels)
            return f"SET LABELS ({', '.join(pairs)})"
        case UnsetLabels(keys=keys):
            return f"UNSET LABELS ({', '.join(map(format_value, keys))})"
        case SetLifecycle(days=days):
            return f"SET LIFECYCLE {days}"
        case SetAlias(_, alias, version):
            return f"SET ALIAS {format_name(alias)} FOR VERSION {format_name(version)}"
        case DropAlias(_, alias, _, if_alias_exists):
            return f"DROP ALIAS {'IF EXISTS ' if if_alias_exists else ''}{format_name(alias)}"
        case RenameModel(_, new_name):
            return f"RENAME TO {format_name(new_name)}"
        case ChangeOwner(_, owner):
            return f"CHANGEOWNER TO {format_value(owner)}"
        case _:
            assert_never(statement)
