"""What the tests of the catalog begin with: a catalog with some projects, and statements that are right.

Times are small whole numbers, since the catalog only compares and keeps them.
"""

from typing import Final

import pytest
from msgspec.structs import replace

from server.catalog import Catalog, Context, Decision, Model, ModelName, decide
from server.catalog.events import Change
from server.catalog.seed import PublicModel, seed_project, seed_public_models
from server.catalog.values import Principal, principal_key
from server.dialect import parse
from server.errors import Condition, Diagnostic, OdpsError
from server.statements import Change as Statement

NOW: Final = 1_000
LATER: Final = 2_000
OTHER: Final = "RAM$alice:bob"
CONTEXT: Final = Context("ALIYUN$alice", "p", "default", NOW, secrets={"APIKEY": b"sealed"})

REMOTE: Final = (
    "TASKS = 'text-generation', PAI_EAS_MODEL_NAME = 'Qwen2.5', PAI_EAS_SERVICE_NAME = 'service', "
    "ENDPOINT = 'http://1.cn-shanghai.pai-eas.aliyuncs.com', APIKEY = 'key', PAI_EAS_SYNC_MODE = 'true'"
)
IMPORT: Final = "LOCATION = 'oss://oss-cn-internal.aliyuncs.com/bucket/path/', ROLEARN = 'acs:ram::1:role/r'"
LLM: Final = "MODEL_SOURCE_TYPE = 'REMOTE', MODEL_TYPE = 'LLM', "
TREE: Final = "MODEL_SOURCE_TYPE = 'IMPORT', MODEL_TYPE = 'BOOSTED_TREE_CLASSIFIER', "
PUBLIC: Final = "bigdata_public_modelset"


def create(name: str = "m", version: str = "v1", *, extra: str = "", comment: str = "") -> str:
    """CREATE MODEL for a remote model."""
    return f"CREATE MODEL {name} WITH VERSION {version} {extra} OPTIONS ({LLM}{REMOTE}) {comment}"


def add(name: str = "m", version: str = "v2", *, extra: str = "", comment: str = "") -> str:
    """ADD VERSION for a remote model."""
    return f"ALTER MODEL {name} ADD VERSION {version} {extra} WITH OPTIONS ({REMOTE}) {comment}"


def create_imported(name: str = "m", columns: str = "f1 INT") -> str:
    """CREATE MODEL for an imported model."""
    return f"CREATE MODEL {name} WITH VERSION v1 INPUT ({columns}) OPTIONS ({TREE}{IMPORT})"


def seeded() -> Catalog:
    """Project `p` with the schemas `default` and `s`, project `q`, and the public project; two superusers."""
    models = [PublicModel("Qwen3-0.6B-GGUF", "LLM", "chat", "small")]
    catalog = Catalog()
    alice = CONTEXT.principal
    for event in (seed_project("p", alice, NOW), seed_project("q", alice, NOW), seed_public_models(models, NOW)):
        catalog = catalog.apply(event.changes, catalog.revision + 1)
    catalog = catalog.apply([Change(principal_key(OTHER), Principal(NOW, superuser=True))], catalog.revision + 1)
    return after(catalog, "CREATE SCHEMA s")


def decided(catalog: Catalog, text: str, context: Context = CONTEXT) -> Decision:
    """What the statement would do."""
    statement = parse(text)
    assert isinstance(statement, Statement)
    return decide(catalog, statement, context)


def after(catalog: Catalog, *texts: str, context: Context = CONTEXT) -> Catalog:
    """The catalog after these statements, each of which changes something."""
    for text in texts:
        event = decided(catalog, text, context).event
        assert event is not None
        catalog = catalog.apply(event.changes, catalog.revision + 1)
    return catalog


def later(catalog: Catalog, *texts: str) -> Catalog:
    """The same, at a later time and by somebody else."""
    return after(catalog, *texts, context=replace(CONTEXT, now=LATER, principal=OTHER))


def refused(catalog: Catalog, text: str, context: Context = CONTEXT) -> Diagnostic:
    """The error that forbids the statement."""
    with pytest.raises(OdpsError) as raised:
        decided(catalog, text, context)
    return raised.value.diagnostic


def model(catalog: Catalog, name: str = "p.default.m") -> Model:
    """The model with this full name."""
    project, schema, last = name.split(".", 2)
    found = catalog.find_model(ModelName(project, schema, last))
    assert found is not None
    return found


def notices(decision: Decision) -> list[tuple[Condition, int | None]]:
    return [(notice.condition, notice.at) for notice in decision.notices]


def unmark(text: str) -> tuple[str, int]:
    """The text without its `^`, and where that stood."""
    place = text.index("^")
    return text[:place] + text[place + 1 :], place
