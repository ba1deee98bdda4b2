"""What holds of every catalog."""

from collections.abc import Mapping

from server.catalog import Catalog
from server.catalog.grants import find_strays
from server.catalog.options import MODEL_TYPES, SourceType
from server.catalog.values import ModelHeader, ModelVersion

# What a version of either source has to say.
_REQUIRED = {
    SourceType.IMPORT: {"LOCATION", "ROLEARN"},
    SourceType.REMOTE: {
        "TASKS",
        "PAI_EAS_MODEL_NAME",
        "PAI_EAS_SERVICE_NAME",
        "ENDPOINT",
        "APIKEY",
        "PAI_EAS_SYNC_MODE",
    },
}
_OPTIONAL = {SourceType.IMPORT: set[str](), SourceType.REMOTE: {"PAI_EAS_SYNC_REQUEST_TIMEOUT"}}


def check_catalog(catalog: Catalog) -> None:
    """Names are folded, defaults and aliases mean versions there are, sources are equal; owners and grantees exist."""
    for project_name, project in catalog.projects.items():
        if project.header.public:
            continue
        assert project_name == project_name.lower()
        assert project.header.owner in catalog.principals
        assert "default" in project.schemas
        for schema_name, schema in project.schemas.items():
            assert schema_name == schema_name.lower()
            assert schema.header.owner in catalog.principals
            for name, model in schema.models.items():
                assert name == name.lower()
                assert model.header.owner in catalog.principals
                _check_model(model.header, model.versions)
    assert list(find_strays(catalog)) == []
    for path, of_name in catalog.dropped.items():
        # Nothing is dropped where nothing could be brought back.
        assert catalog.find_schema(path[0], path[1]) is not None
        assert of_name
        for drop_id, dropped in of_name.items():
            assert drop_id == str(dropped.header.drop_time)
            _check_model(dropped.header.header, dropped.versions)


def _check_model(header: ModelHeader, versions: Mapping[str, ModelVersion]) -> None:
    source = SourceType(header.source_type)
    assert header.model_type in MODEL_TYPES[source]
    assert header.default_version in versions
    aliases = dict(header.aliases)
    assert header.aliases == tuple(sorted(aliases.items()))
    assert set(aliases.values()) <= set(versions)
    assert not set(aliases) & (set(versions) | {"default_version", "latest", "first"})
    _check_labels(header.labels)
    for name, version in versions.items():
        assert name == version.name == name.lower() != "default_version"
        columns = [column.name for column in version.input]
        assert len(set(columns)) == len(columns)
        assert columns or source is SourceType.REMOTE
        keys = [key for key, _ in (*version.options, *version.secrets)]
        assert len(set(keys)) == len(keys)
        assert _REQUIRED[source] <= set(keys) <= _REQUIRED[source] | _OPTIONAL[source]
        assert [key for key, _ in version.secrets] == (["APIKEY"] if source is SourceType.REMOTE else [])
        _check_labels(version.labels)


def _check_labels(labels: tuple[tuple[str, str], ...]) -> None:
    assert labels == tuple(sorted(dict(labels).items()))
    assert len(labels) <= 64
