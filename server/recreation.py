"""The statements that make a model again, as the catalog has it: for SHOW CREATE MODEL and for a dump.

What they leave out, because no statement of everyday use can say it, is what RECORD says.
"""

from server.catalog.options import MODEL_TYPE, SOURCE_TYPE
from server.catalog.tree import Model
from server.catalog.values import ModelHeader, ModelName, ModelVersion
from server.dialect import parse_type
from server.statements import (
    AddVersion,
    Change,
    CreateModel,
    Identifier,
    InputColumn,
    Label,
    Literal,
    ObjectName,
    Option,
    SetAlias,
    SetComment,
    SetDefaultVersion,
    SetLabels,
    SetLifecycle,
    VersionBody,
)
from server.statements.models import MASK


def recreate_model(name: ModelName, model: Model) -> list[Change]:
    """CREATE, the further versions, the default, aliases, labels, life cycles; `MASK` for every secret."""
    written = written_name(name)
    header = model.header
    first, *others = model.versions.in_order()
    statements: list[Change] = [CreateModel(written, _body(model, first, header.comment))]
    if first.comment != header.comment:
        # CREATE gives its comment to the version too.
        statements.append(SetComment(written, Literal(first.comment), Identifier(first.name)))
    statements += [AddVersion(written, _body(model, version, version.comment)) for version in others]
    if header.default_version != first.name:
        statements.append(SetDefaultVersion(written, Identifier(header.default_version)))
    statements += [SetAlias(written, Identifier(alias), Identifier(version)) for alias, version in header.aliases]
    targets: tuple[ModelHeader | ModelVersion, ...] = (header, first, *others)
    for target in targets:
        version_name = Identifier(target.name) if isinstance(target, ModelVersion) else None
        if target.labels:
            labels = tuple(Label(Literal(key), Literal(value)) for key, value in target.labels)
            statements.append(SetLabels(written, labels, version_name))
        if target.lifecycle:
            statements.append(SetLifecycle(written, target.lifecycle, version_name))
    return statements


def written_name(name: ModelName) -> ObjectName:
    """The full name, as a statement has it."""
    return ObjectName((Identifier(name.project), Identifier(name.schema), Identifier(name.name)))


def _body(model: Model, version: ModelVersion, comment: str) -> VersionBody:
    options = [(SOURCE_TYPE, model.header.source_type), (MODEL_TYPE, model.header.model_type), *version.options]
    options += [(key, MASK) for key, _ in version.secrets]
    columns = tuple(
        InputColumn(
            Identifier(column.name), parse_type(column.type), Literal(column.comment) if column.comment else None
        )
        for column in version.input
    )
    return VersionBody(
        version=Identifier(version.name),
        input=columns or None,
        options=tuple(Option(key, Literal(value)) for key, value in options),
        comment=Literal(comment) if comment else None,
    )
