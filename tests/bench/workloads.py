"""What is compared by pgbench: for each work the same script, or its equivalent, for both servers, and the target."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import Final

from tests.bench.pgbench import Load
from tests.bench.scenes import ADD_VERSION, INSERT_VERSION, MANY_MODELS, MODELS
from tests.bench.servers import Door


@unique
class Scene(StrEnum):
    """What is in the servers."""

    SMALL = "1,000 models"
    LARGE = "100,000 models with 10 versions each"


@dataclass(frozen=True, slots=True)
class Target:
    """What is aimed for.

    Attributes:
        ratio: at least so many times PostgreSQL's rate.
        cpu: at most so many microseconds of the server's processor time for each transaction.
    """

    ratio: float
    cpu: float | None = None

    def is_met(self, ratio: float, cpu: float) -> bool:
        return ratio >= self.ratio and (self.cpu is None or cpu <= self.cpu)

    def __str__(self) -> str:
        return f">= {self.ratio:g}x" + ("" if self.cpu is None else f", <= {self.cpu:g} us")


@dataclass(frozen=True, slots=True)
class Workload:
    """One row of the table.

    Attributes:
        ours, theirs: the scripts for modeld and PostgreSQL.
    """

    name: str
    ours: Load
    theirs: Load
    target: Target
    scene: Scene = Scene.SMALL
    door: Door = Door.OPEN


@dataclass(frozen=True, slots=True)
class _Work:
    """Workloads that differ in the number of clients only: a target for each number.

    Attributes:
        theirs: PostgreSQL's equivalent; nothing where it is the same text.
    """

    name: str
    targets: dict[int, Target]
    ours: str
    theirs: str = ""
    mode: str = "simple"
    connects: bool = False
    door: Door = Door.OPEN
    scene: Scene = Scene.SMALL
    variables: dict[str, int] = field(default_factory=dict)

    def workloads(self) -> Iterator[Workload]:
        for clients, target in self.targets.items():
            ours, theirs = (
                Load(script, self.mode, clients, self.connects, self.variables)
                for script in (self.ours, self.theirs or self.ours)
            )
            yield Workload(f"{self.name}-{clients}", ours, theirs, target, self.scene, self.door)


def _targets(*ratios: float, cpu: float | None = None) -> dict[int, Target]:
    """For 1, 8 and 32 clients."""
    return {clients: Target(ratio, cpu) for clients, ratio in zip((1, 8, 32), ratios, strict=True)}


_NEW_NUMBER: Final = "\\set n random(1, 1000000000000)\n"
_A_MODEL: Final = f"\\set k random(1, {MODELS})\n"
# Variables live as long as the client: each walks through names that no other has.
_NEXT_MODEL: Final = f"\\set walked :walked + 1\n\\set k (:walked * 8 + :client_id) % {MANY_MODELS} + 1\n"
_NEW_VERSION: Final = f"{_A_MODEL}\\set v random(1, 1000000000000)\n"
_LINES: Final = "SELECT section, name, value, comment FROM described WHERE model_name = '{}' ORDER BY line;"
_DESC, _DESC_LINES = "DESC MODEL m500;", _LINES.format("m500")
_COLUMNS: Final = """SELECT column_name, data_type, is_nullable, ordinal_position FROM information_schema.columns
 WHERE table_name = 'models' AND table_schema <> 'information_schema' {} ORDER BY ordinal_position;"""
_JOIN: Final = """SELECT m.model_type, count(*) AS versions, max(v.create_time) AS newest
 FROM models m JOIN model_versions v ON v.model_name = m.model_name AND v.schema_name = m.schema_name
 WHERE m.source_type = 'REMOTE' {} GROUP BY m.model_type ORDER BY versions DESC;"""
_NEW: Final = "AND :n > 0"
# What `psql -E -c '\d models'` shows, with the name in the place of the OID that psql found first.
_PSQL_D: Final = """SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c
     LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname OPERATOR(pg_catalog.~) '^(models)$' COLLATE pg_catalog.default
  AND pg_catalog.pg_table_is_visible(c.oid)
ORDER BY 2, 3;
SELECT c.relchecks, c.relkind, c.relhasindex, c.relhasrules, c.relhastriggers, c.relrowsecurity,
 c.relforcerowsecurity, false AS relhasoids, c.relispartition, '', c.reltablespace,
 CASE WHEN c.reloftype = 0 THEN '' ELSE c.reloftype::pg_catalog.regtype::pg_catalog.text END, c.relpersistence,
 c.relreplident, am.amname
FROM pg_catalog.pg_class c
 LEFT JOIN pg_catalog.pg_class tc ON (c.reltoastrelid = tc.oid)
LEFT JOIN pg_catalog.pg_am am ON (c.relam = am.oid)
WHERE c.oid = 'models'::regclass;
SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid, true) FROM pg_catalog.pg_attrdef d
   WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef),
  a.attnotnull,
  (SELECT c.collname FROM pg_catalog.pg_collation c, pg_catalog.pg_type t
   WHERE c.oid = a.attcollation AND t.oid = a.atttypid AND a.attcollation <> t.typcollation) AS attcollation,
  a.attidentity, a.attgenerated
FROM pg_catalog.pg_attribute a
WHERE a.attrelid = 'models'::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum;
"""
_BY_NAME: Final = "SELECT * FROM model_versions WHERE model_name = '{}';"
_BY_NUMBER: Final = "SELECT * FROM model_versions WHERE model_name = :n;"

_ONE: Final = {1: Target(1)}
_FEW: Final = {1: Target(1), 8: Target(1)}
_PROBES: Final = {1: Target(1.5), 8: Target(1.5)}

_WORKS: Final = (
    _Work("desc-simple", _targets(5, 4, 4, cpu=10), _DESC, _DESC_LINES),
    _Work("desc-extended", _targets(4, 4, 4), _DESC, _DESC_LINES, mode="extended"),
    _Work("desc-prepared", _targets(3, 3, 3), _DESC, _DESC_LINES, mode="prepared"),
    _Work(
        "desc-cold",
        _PROBES,
        f"{_NEXT_MODEL}DESC MODEL m:k;",
        _NEXT_MODEL + _LINES.format("m:k"),
        scene=Scene.LARGE,
        variables={"walked": 0},
    ),
    _Work("desc-tls", _FEW, _DESC, _DESC_LINES, door=Door.ENCRYPTED),
    _Work("select-1", _PROBES, "SELECT 1;"),
    _Work("show", _PROBES, "SHOW TimeZone;"),
    _Work("version", _PROBES, "SELECT version();"),
    _Work("lookup", _FEW, _A_MODEL + _BY_NAME.format("m:k")),
    _Work("lookup-new", _FEW, _NEW_NUMBER + _BY_NAME.format("m:n")),
    _Work("lookup-prepared", _FEW, _NEW_NUMBER + _BY_NUMBER, mode="prepared"),
    _Work("connect-trust", {1: Target(10), 8: Target(10)}, "SELECT 1;", connects=True),
    _Work("connect-scram", {1: Target(2), 8: Target(2)}, "SELECT 1;", connects=True, door=Door.GUARDED),
    _Work("psql-d", _ONE, _PSQL_D),
    _Work("columns", _ONE, _COLUMNS.format("")),
    _Work("columns-new", _ONE, _NEW_NUMBER + _COLUMNS.format(_NEW)),
    _Work("join", _ONE, _JOIN.format("")),
    _Work("join-new", _ONE, _NEW_NUMBER + _JOIN.format(_NEW)),
    # The last: the versions that it adds would be in the answers of the others.
    _Work("add-version", _targets(1, 1.5, 2), f"{_NEW_VERSION}{ADD_VERSION};", f"{_NEW_VERSION}{INSERT_VERSION};"),
)

WORKLOADS: Final = tuple(workload for work in _WORKS for workload in work.workloads())
