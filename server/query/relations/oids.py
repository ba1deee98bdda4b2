"""OIDs for what this server adds to PostgreSQL's catalogs: projects, schemas, roles, views and their row types.

An OID is made from the full name of its object, so that it is the same in every session and after a restart. Each
object has a block of 64: a schema needs one for each of its views and their types. Blocks of two schemas of a project
that would be the same are told apart in the order of their names.
"""

from functools import lru_cache
from typing import Final
from zlib import crc32

from protocol.types import Oid

# PostgreSQL's own objects are below; above, some clients would read a negative number.
_FIRST: Final = 16384
_BLOCK: Final = 64
_BLOCKS: Final = (2**31 - _FIRST) // _BLOCK
# Whoever owns what a fresh PostgreSQL has: the user that made the cluster.
BOOTSTRAP_ROLE: Final = Oid(10)

# Within a schema's block: the schema itself, then four for each of its views.
_OF_A_VIEW: Final = 4


def _block(kind: str, name: str) -> int:
    return crc32(f"{kind}/{name}".encode()) % _BLOCKS


def project_oid(project: str) -> Oid:
    return Oid(_FIRST + _block("project", project) * _BLOCK)


def role_oid(role: str) -> Oid:
    return Oid(_FIRST + _block("role", role) * _BLOCK + 1)


@lru_cache(maxsize=256)
def schema_oids(project: str, schemas: tuple[str, ...]) -> dict[str, Oid]:
    """The OID of each schema of a project, by name."""
    taken: dict[int, str] = {}
    for schema in sorted(schemas):
        block = _block("schema", f"{project}/{schema}")
        while block in taken:
            block = (block + 1) % _BLOCKS
        taken[block] = schema
    return {schema: Oid(_FIRST + block * _BLOCK + 2) for block, schema in taken.items()}


def view_oids(schema: Oid, index: int) -> tuple[Oid, Oid, Oid, Oid]:
    """(view, row type, type of arrays of it, rule) of the view with this number in its schema."""
    first = schema + 1 + index * _OF_A_VIEW
    return Oid(first), Oid(first + 1), Oid(first + 2), Oid(first + 3)
