"""The views over the models of a schema: their columns with what each means, and how rows are made of models.

Rows are kept by the model they were made of: models are immutable, so that a change of one costs the rows of one.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.types import BOOL, INT4, INT8, JSONB, TEXT, TIMESTAMPTZ, TYPES, Oid
from server.catalog.options import LOCATION
from server.catalog.privileges import Authority
from server.catalog.tree import Model, Schema
from server.catalog.values import ModelName
from server.query.relations.interface import RelationColumn, Row
from server.statements.privileges import Action
from server.times import to_datetime

MaskSecret = Callable[[str, bytes], str]
"""(option key, sealed value) to what everybody may see of a secret."""

_write_json: Final = json.JSONEncoder(ensure_ascii=False).encode
_TEXT_ARRAY: Final = TYPES[TEXT].array


@dataclass(frozen=True, slots=True)
class ModelView:
    """One view.

    Attributes:
        rows: makes the rows of one model; None where they are not made of models.
        shows_all_listed: whoever may see a model sees its rows; else whoever may describe it.
    """

    name: str
    comment: str
    columns: tuple[RelationColumn, ...]
    rows: Callable[[ModelName, Model, MaskSecret], Iterator[Row]] | None
    shows_all_listed: bool = False

    def rows_of(self, name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
        """The rows of one model."""
        return iter(()) if self.rows is None else self.rows(name, model, mask)

    def is_open(self, authority: Authority, schema: Schema) -> bool:
        """Whether the rows of every model of the schema may be seen."""
        if self.shows_all_listed:
            return authority.lists(schema)
        return authority.manages(schema) or authority.is_public

    def shows(self, authority: Authority, schema: Schema, model: Model) -> bool:
        """Whether the rows of one model may be seen."""
        if self.shows_all_listed:
            return authority.sees(schema, model.header)
        return authority.on_model(schema, model.header, Action.DESCRIBE)


def _column(name: str, type_: Oid, comment: str) -> RelationColumn:
    return RelationColumn(name, type_, comment=comment)


_HOME: Final = (
    _column("project", TEXT, "the project that the model belongs to"),
    _column("schema_name", TEXT, "its schema"),
    _column("model_name", TEXT, "its name, in lower case"),
)
_VERSION: Final = _column("version_name", TEXT, "the version's name, in lower case")
_LABELS: Final = _column("labels", JSONB, "its labels, an object of texts")
_LIFECYCLE: Final = _column("lifecycle", INT4, "days after the last modification until it is dropped; NULL for never")


def _as_object(pairs: Sequence[tuple[str, str]]) -> str:
    """A jsonb object: keys by length, then by bytes, as PostgreSQL keeps them."""
    if not pairs:
        return "{}"
    ordered = sorted(pairs, key=lambda pair: (len(pair[0].encode()), pair[0].encode()))
    return _write_json(dict(ordered))


def _models(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    header = model.header
    yield (
        name.project,
        name.schema,
        name.name,
        header.owner,
        header.source_type,
        header.model_type,
        header.default_version,
        to_datetime(header.create_time),
        to_datetime(header.last_modified_time),
        header.comment,
        len(model.versions),
        header.lifecycle or None,
        _as_object(header.labels),
    )


def _versions(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    for version in model.versions.in_order():
        options = (*version.options, *((key, mask(key, sealed)) for key, sealed in version.secrets))
        yield (
            name.project,
            name.schema,
            name.name,
            version.name,
            version.name == model.header.default_version,
            version.find_option(LOCATION),
            to_datetime(version.create_time),
            to_datetime(version.last_modified_time),
            version.comment,
            len(version.input),
            _as_object(options),
            [alias for alias, target in model.header.aliases if target == version.name],
            version.lifecycle or None,
            _as_object(version.labels),
        )


def _inputs(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    for version in model.versions.in_order():
        for position, column in enumerate(version.input, start=1):
            yield (
                name.project,
                name.schema,
                name.name,
                version.name,
                position,
                column.name,
                column.type,
                column.comment,
            )


def _options(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    for version in model.versions.in_order():
        options = [(key, value, False) for key, value in version.options]
        options += [(key, mask(key, sealed), True) for key, sealed in version.secrets]
        for key, value, is_secret in sorted(options):
            yield (name.project, name.schema, name.name, version.name, key, value, is_secret)


def _aliases(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    for alias, version in model.header.aliases:
        yield (name.project, name.schema, name.name, alias, version)


def _labels(name: ModelName, model: Model, mask: MaskSecret) -> Iterator[Row]:
    for key, value in model.header.labels:
        yield (name.project, name.schema, name.name, None, key, value)
    for version in model.versions.in_order():
        for key, value in version.labels:
            yield (name.project, name.schema, name.name, version.name, key, value)


MODEL_VIEWS: Final = (
    ModelView(
        "models",
        "The models of the schema, one row each.",
        (
            *_HOME,
            _column("owner", TEXT, "the principal that owns it"),
            _column("source_type", TEXT, "IMPORT or REMOTE"),
            _column("model_type", TEXT, "what kind of model it is, for example LLM"),
            _column("default_version", TEXT, "the version that is used when none is named"),
            _column("create_time", TIMESTAMPTZ, "when it was made"),
            _column("last_modified_time", TIMESTAMPTZ, "when it, or one of its versions, was changed last"),
            _column("comment", TEXT, "its comment"),
            _column("version_count", INT8, "how many versions it has"),
            _LIFECYCLE,
            _LABELS,
        ),
        _models,
        shows_all_listed=True,
    ),
    ModelView(
        "model_versions",
        "The versions of the models of the schema, one row each.",
        (
            *_HOME,
            _VERSION,
            _column("is_default", BOOL, "whether it is the model's default version"),
            _column("path", TEXT, "the LOCATION of an imported model; NULL for a remote one"),
            _column("create_time", TIMESTAMPTZ, "when it was made"),
            _column("last_modified_time", TIMESTAMPTZ, "when it was changed last"),
            _column("comment", TEXT, "its comment"),
            _column("input_count", INT8, "how many input columns it has"),
            _column("options", JSONB, "its options by name, secrets masked"),
            _column("aliases", _TEXT_ARRAY, "the aliases that stand for it"),
            _LIFECYCLE,
            _LABELS,
        ),
        _versions,
    ),
    ModelView(
        "model_inputs",
        "The input columns of the versions, one row each.",
        (
            *_HOME,
            _VERSION,
            _column("position", INT4, "its place among the version's input columns, from 1"),
            _column("column_name", TEXT, "the column's name, in lower case"),
            _column("data_type", TEXT, "its MaxCompute type, for example decimal(10,2)"),
            _column("comment", TEXT, "its comment"),
        ),
        _inputs,
    ),
    ModelView(
        "model_options",
        "The options of the versions, one row each.",
        (
            *_HOME,
            _VERSION,
            _column("option_name", TEXT, "the option, in upper case"),
            _column("option_value", TEXT, "its value; masked where it is a secret"),
            _column("is_secret", BOOL, "whether it is a secret"),
        ),
        _options,
    ),
    ModelView(
        "model_aliases",
        "The aliases of the models' versions, one row each.",
        (*_HOME, _column("alias", TEXT, "the alias"), _VERSION),
        _aliases,
    ),
    ModelView(
        "model_labels",
        "The labels of the models and of their versions, one row each.",
        (
            *_HOME,
            _column("version_name", TEXT, "the version that has the label; NULL where it is the model's own"),
            _column("label_key", TEXT, "the label's key"),
            _column("label_value", TEXT, "its value"),
        ),
        _labels,
    ),
)
NAME_COLUMN: Final = 3
"""The number of the column `model_name` in every view."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of every model of a schema, in order of the names: all of them, and by model."""

    schema: Schema
    all: list[Row]
    by_model: dict[str, Sequence[Row]]


@dataclass(slots=True)
class ViewRows:
    """The rows of one view over one schema, kept from one statement to the next.

    Two threads may ask at the same time; both then make the same rows.
    """

    view: ModelView
    _kept: _Rows | None = None

    def visible(self, authority: Authority, name: str, schema: Schema, mask: MaskSecret) -> Sequence[Row]:
        """The rows that a principal may see, in order of the models' names."""
        if self.view.is_open(authority, schema):
            return self._of_all(authority.name, name, schema, mask).all
        return [row for rows in self.by_model(authority, name, schema, mask).values() for row in rows]

    def by_model(
        self, authority: Authority, name: str, schema: Schema, mask: MaskSecret
    ) -> Mapping[str, Sequence[Row]]:
        """The same rows by the names of the models."""
        if self.view.is_open(authority, schema):
            return self._of_all(authority.name, name, schema, mask).by_model
        return {
            model_name: self.of_model(ModelName(authority.name, name, model_name), model, mask)
            for model_name, model in sorted(schema.models.items())
            if self.view.shows(authority, schema, model)
        }

    def of_model(self, name: ModelName, model: Model, mask: MaskSecret) -> Sequence[Row]:
        """The rows of one model: those that are kept of all, or new ones."""
        kept = self._kept
        if kept is not None and kept.schema.models.get(name.name) is model:
            return kept.by_model[name.name]
        return list(self.view.rows_of(name, model, mask))

    def _of_all(self, project: str, name: str, schema: Schema, mask: MaskSecret) -> _Rows:
        kept = self._kept
        if kept is not None and kept.schema is schema:
            return kept
        by_model = {
            model_name: self.of_model(ModelName(project, name, model_name), model, mask)
            for model_name, model in sorted(schema.models.items())
        }
        # Only those of models that are other ones now were made anew.
        made = self._kept = _Rows(schema, [row for rows in by_model.values() for row in rows], by_model)
        return made
