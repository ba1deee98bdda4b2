"""Writes what this server knows of PostgreSQL 15 itself: its types, functions, operators, casts, catalogs and views.

    python scripts/postgres_data.py [FOLDER TO WRITE TO]

A fresh cluster is made in a temporary folder, asked, and thrown away. Each catalog becomes one file in the text format
of COPY, with the names of its columns as the first line, in server/query/postgres/data unless told otherwise.
Expressions that a catalog keeps as trees (pg_node_tree) are written as SQL, as pg_get_expr shows them, and references
to functions and the like (regproc) as OIDs.

The rows are PostgreSQL's own, under the PostgreSQL Licence, which stands beside them. Left out is what belongs to one
installation: statistics, the collations of the operating system, the schema `public`, the language plpgsql.
"""

# ruff: noqa: S603, S607, S608 - it runs PostgreSQL's programs and asks with the names that PostgreSQL gave.

import os
import subprocess
import sys
import tempfile
from pathlib import Path

_DATA = Path(__file__).parents[1] / "server" / "query" / "postgres" / "data"
_PROGRAMS = Path("/usr/lib/postgresql/15/bin")

_TREES = {
    "pg_proc": {
        "proargdefaults": "pg_catalog.pg_get_expr(proargdefaults, 0)",
        "prosqlbody": "pg_catalog.pg_get_function_sqlbody(oid)",
    },
    "pg_rewrite": {"ev_qual": "'<>'", "ev_action": "'<>'"},
    "pg_constraint": {"conbin": "pg_catalog.pg_get_expr(conbin, conrelid)"},
    "pg_index": {
        "indexprs": "pg_catalog.pg_get_expr(indexprs, indrelid)",
        "indpred": "pg_catalog.pg_get_expr(indpred, indrelid)",
    },
    "pg_type": {"typdefaultbin": "null::text"},
    "pg_class": {"relpages": "0", "reltuples": "-1", "relallvisible": "0"},
}
_PLPGSQL = "(select oid from pg_language where lanname = 'plpgsql')"
_ROWS = {
    "pg_collation": "collname in ('default', 'C', 'POSIX', 'ucs_basic')",
    "pg_namespace": "nspname in ('pg_catalog', 'information_schema', 'pg_toast')",
    "pg_language": "lanname <> 'plpgsql'",
    "pg_extension": "false",
    "pg_proc": f"oid < 16384 and prolang <> {_PLPGSQL} and probin is distinct from '$libdir/plpgsql'",
    "pg_description": "objoid < 16384 and (classoid <> 'pg_collation'::regclass or objoid in (100, 950, 951))"
    f" and objoid not in (select oid from pg_proc where probin = '$libdir/plpgsql') and objoid <> {_PLPGSQL}"
    " and objoid <> 2200 and classoid <> 'pg_extension'::regclass",
    "pg_depend": f"refclassid <> 'pg_extension'::regclass and objid <> {_PLPGSQL}",
    "pg_shdepend": "false",
    "pg_init_privs": f"objoid <> 2200 and objoid <> {_PLPGSQL}",
    "pg_database": "false",
    "pg_shdescription": "false",
    "pg_statistic": "false",
    "pg_authid": "rolname <> 'postgres'",
}
_TABLES = """
    select c.relname, n.nspname,
        array_agg(a.attname order by a.attnum),
        array_agg(a.attname) filter (where a.atttypid::regtype::text like 'reg%')
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where n.nspname in ('pg_catalog', 'information_schema') and c.relkind = 'r'
    group by 1, 2 order by 1
"""
_VIEWS = """
    copy (select c.oid, pg_get_viewdef(c.oid) as definition, pg_get_viewdef(c.oid, true) as pretty from pg_class c
    where c.relkind = 'v' and c.relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    order by 1) to stdout (header)
"""


def ask(folder: Path, command: str) -> str:
    """What psql prints for one command."""
    return subprocess.run(
        ["psql", "-X", "-q", "-A", "-t", "-h", str(folder), "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PGOPTIONS": "-c search_path="},
    ).stdout


def export(folder: Path, table: str, schema: str, columns: list[str], references: list[str]) -> str:
    """One catalog as COPY text; `references` are its columns of regproc and the like, written as OIDs."""
    written = {name: f'"{name}"::oid' for name in references} | _TREES.get(table, {})
    listed = ", ".join(f'{written[name]} as "{name}"' if name in written else f'"{name}"' for name in columns)
    condition = _ROWS.get(table, "true")
    # An object may depend on many: only all columns together are a key of pg_depend.
    keys = columns if table == "pg_depend" else columns[:3]
    key = "oid" if "oid" in columns else ", ".join(f'"{name}"' for name in keys)
    return ask(
        folder, f"copy (select {listed} from {schema}.{table} where {condition} order by {key}) to stdout (header)"
    )


def main() -> None:
    """Make the cluster, write the files."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else _DATA
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        # PostgreSQL's programs refuse to run as root.
        as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        if as_postgres:
            subprocess.run(["chown", "postgres", made], check=True)
        cluster = folder / "data"
        quiet = {"check": True, "stdout": subprocess.DEVNULL}
        options = ["-D", str(cluster), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"]
        subprocess.run([*as_postgres, str(_PROGRAMS / "initdb"), *options], **quiet)  # type: ignore[call-overload]
        control = [*as_postgres, str(_PROGRAMS / "pg_ctl"), "-D", str(cluster), "-w"]
        listen = f"-k {folder} -c listen_addresses="
        subprocess.run([*control, "-o", listen, "-l", str(folder / "log"), "start"], **quiet)  # type: ignore[call-overload]
        try:
            target.mkdir(parents=True, exist_ok=True)
            for line in ask(folder, _TABLES).splitlines():
                table, schema, names, references = line.split("|")
                text = export(folder, table, schema, names[1:-1].split(","), references[1:-1].split(","))
                if text.count("\n") > 1:
                    (target / f"{table}.tsv").write_text(text)
            (target / "view_definitions.tsv").write_text(ask(folder, _VIEWS))
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)  # type: ignore[call-overload]


if __name__ == "__main__":
    main()
