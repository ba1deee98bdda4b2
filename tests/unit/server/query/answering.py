"""SELECTs from their text to their rows, over PostgreSQL's own catalogs and no model."""

from dataclasses import replace

from protocol.codec import ValueSettings
from protocol.codecs import CODECS
from server.dialect import parse_query
from server.query.engine import PreparedQuery, prepare
from server.query.relations.interface import Row
from server.query.runtime import Runtime
from server.statements.select import Select
from tests.unit.server.query.binder.catalog_only import CatalogOnly, make_context
from tests.unit.server.query.evaluator import scenes


def prepared(text: str) -> PreparedQuery:
    return prepare(Select(parse_query(text)), make_context())


def runtime() -> Runtime:
    return replace(scenes.runtime(), database=CatalogOnly())


def answer(text: str) -> list[Row]:
    """The rows of a SELECT, as values."""
    return prepared(text).run(runtime())


def answer_texts(text: str) -> list[tuple[str | None, ...]]:
    """The rows of a SELECT, as a client reads them."""
    query, settings = prepared(text), ValueSettings()
    formats = [CODECS[column.type].format(settings) for column in query.columns]
    return [
        tuple(None if value is None else write(value) for write, value in zip(formats, row, strict=True))
        for row in query.run(runtime())
    ]
