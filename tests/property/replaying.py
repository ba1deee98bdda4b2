"""Runs the statements of a history again, from a catalog as it was at the beginning.

Each statement is run by its principal at its time, those of a transaction in one. What the server did by itself
is decided as the server decides it. The history has no secrets, so that those are compared by their keys only.
"""

from collections.abc import Sequence
from itertools import groupby

from msgspec.structs import replace as with_fields

from server.catalog import Catalog, Context, Decision
from server.catalog.decide_upkeep import SERVER, Overdue, expire, find_expired, purge_overdue
from server.catalog.values import ModelName, ModelVersion, Value
from server.engine import Engine
from server.executor import Executor
from server.history import Entry, read_entry
from server.secrets import Keyring
from server.store.interface import StoredNote
from server.times import Clock
from tests.unit.server.sessions import Scene, Session


class _Told(Clock):
    """Says what it was told last."""

    time = 1

    def now(self) -> int:
        return self.time


async def replay(notes: Sequence[StoredNote]) -> Scene:
    """A scene with the catalog that the notes lead to."""
    scene, clock = Scene(), _Told()
    scene.engine = Engine(scene.committer, Keyring([bytes(32)]), clock)
    await scene.begin()
    for revision, group in groupby(notes, lambda stored: stored.revision):
        parts = [(read_entry(stored.note), stored.note.time) for stored in group]
        if parts[0][0].action == "SEED":
            continue
        session = Session(Executor(scene.engine, parts[0][0].principal, "p"))
        await session.run("SET modeld.lenient_names = true")
        if len(parts) > 1:
            await session.run("BEGIN")
        for entry, _ in parts:
            clock.time = entry.time
            await _run(scene, session, entry)
        if len(parts) > 1:
            clock.time = parts[0][1]
            await session.run("COMMIT")
        assert scene.catalog.revision == revision
    return scene


async def _run(scene: Scene, session: Session, entry: Entry) -> None:
    if entry.principal != SERVER:
        await session.run(entry.statement)
        return
    name = ModelName(*entry.object.split(".", 2))
    context = Context(SERVER, name.project, name.schema, entry.time)

    def decide(catalog: Catalog) -> Decision:
        if entry.action == "PURGE MODEL":
            # The server purges one model, the statement all of a name.
            return purge_overdue(catalog, Overdue(name, str(entry.drop_id), int(str(entry.drop_id))), context)
        expired = [each for each in find_expired(catalog) if (each.model, each.version) == (name, entry.version)]
        return expire(catalog, expired[0], context)

    await scene.committer.submit(decide)


def without_secrets(catalog: Catalog) -> list[tuple[str, Value | tuple[str, ...]]]:
    """All that it holds, but of secrets and passwords only where they are."""
    found: list[tuple[str, Value | tuple[str, ...]]] = [
        (name, with_fields(role.header, verifier=b"")) for name, role in sorted(catalog.principals.items())
    ]
    for project_name, project in sorted(catalog.projects.items()):
        found.append((project_name, project.header))
        for schema_name, schema in sorted(project.schemas.items()):
            found.append((f"{project_name}.{schema_name}", schema.header))
            for name, model in sorted(schema.models.items()):
                place = f"{project_name}.{schema_name}.{name}"
                found.append((place, model.header))
                found += [(f"{place}.{each}", _bare(version)) for each, version in sorted(model.versions.items())]
    for path, of_name in sorted(catalog.dropped.items()):
        for drop_id, dropped in sorted(of_name.items()):
            place = f"{'.'.join(path)} {drop_id}"
            found.append((place, dropped.header))
            found += [(f"{place}.{each}", _bare(version)) for each, version in sorted(dropped.versions.items())]
    return found


def _bare(version: ModelVersion) -> ModelVersion:
    return with_fields(version, secrets=tuple((key, b"") for key, _ in version.secrets))
