"""Dumping a catalog, loading the script into another one, and looking at all that a catalog keeps."""

from server.catalog import Catalog
from server.catalog.privileges import OPERATOR
from server.dump import select, write_script
from server.engine import Engine
from server.errors import Condition
from server.loading import load_script
from server.sealing import seal_for_dump
from server.secrets import Keyring
from tests.unit.server.sessions import Scene


def dumped(engine: Engine, project: str | None = None, *, sealed: bool = False) -> str:
    def seal(key: str, secret: bytes, place: str) -> str:
        return seal_for_dump(engine.keyring, key, secret, place)

    return "".join(write_script(select(engine.committer.catalog, project, seal if sealed else None), "test"))


async def loaded(text: str, keyring: Keyring | None = None) -> tuple[Engine, list[Condition]]:
    """A catalog of nothing but public models, after the script."""
    scene = await Scene().begin(project=None)
    engine = scene.engine if keyring is None else Engine(scene.committer, keyring, scene.engine.clock)
    told = await load_script(engine, text, OPERATOR, "bigdata_public_modelset")
    return engine, sorted(told, key=str)


def kept(catalog: Catalog, keyring: Keyring) -> tuple[dict[str, tuple[int, bool]], dict[str, str], dict[str, object]]:
    """All that the catalog keeps but revisions and public models, secrets opened."""
    users = {name: (role.header.create_time, role.header.superuser) for name, role in catalog.principals.items()}
    passwords = {
        name: keyring.unseal(role.header.verifier, purpose=f"PASSWORD {name}")
        for name, role in catalog.principals.items()
        if role.header.verifier
    }
    records: dict[str, object] = {}
    for project_name, project in catalog.projects.items():
        if project.header.public:
            continue
        records[project_name] = project.header
        records[f"{project_name} members"] = {name: node.header for name, node in project.members.items()}
        records[f"{project_name} roles"] = set(project.roles)
        for schema_name, schema in project.schemas.items():
            records[f"{project_name}.{schema_name}"] = schema.header
            for name, model in schema.models.items():
                place = f"{project_name}.{schema_name}.{name}"
                records[place] = model.header
                for version in model.versions.values():
                    fields = {each: getattr(version, each) for each in version.__struct_fields__ if each != "secrets"}
                    secrets = {key: keyring.unseal(sealed, purpose=key) for key, sealed in version.secrets}
                    records[f"{place}.{version.name}"] = (fields, secrets)
    return users, passwords, records
