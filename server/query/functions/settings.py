"""The run-time parameters as a table, and what PostgreSQL reads from files that this server does not have.

Source: PostgreSQL manual, "pg_settings", "pg_file_settings".
"""

from collections.abc import Iterator

from server.parameters import PARAMETERS
from server.query.functions.registry import function
from server.query.relations.interface import Row
from server.query.runtime import Runtime


@function("pg_show_all_settings", runtime=True)
def pg_show_all_settings(runtime: Runtime) -> Iterator[Row]:
    for setting in runtime.parameters.settings():
        yield (
            setting.name,
            setting.setting,
            setting.unit,
            setting.category,
            setting.short_desc,
            None,
            str(setting.context),
            setting.vartype,
            setting.source,
            setting.min_val,
            setting.max_val,
            None if setting.enumvals is None else list(setting.enumvals),
            setting.boot_val,
            setting.reset_val,
            None,
            None,
            False,
        )


@function("pg_settings_get_flags")
def pg_settings_get_flags(name: str) -> list[str] | None:
    """SILENT: of PostgreSQL's flags only those of what SHOW ALL leaves out are known here."""
    parameter = PARAMETERS.get(name.lower())
    if parameter is None:
        return None
    return ["NO_SHOW_ALL", "NO_RESET_ALL"] if parameter.hidden else []


@function("pg_show_all_file_settings", "pg_hba_file_rules", "pg_ident_file_mappings", "pg_config")
def no_lines() -> tuple[Row, ...]:
    """This server reads none of PostgreSQL's files."""
    return ()
