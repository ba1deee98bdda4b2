"""The flags of data type editions and of schemas, in what CREATE MODEL and names mean."""

import pytest
from msgspec.structs import replace

from server.catalog.editions import Edition
from server.errors import Condition
from tests.unit.server.catalog.scenes import (
    CONTEXT,
    after,
    create,
    create_imported,
    decided,
    model,
    notices,
    refused,
    seeded,
    unmark,
)

FIRST = replace(CONTEXT, edition=Edition(odps2=False, decimal_odps2=False))
TWO_LEVELS = replace(CONTEXT, has_schemas=False)


@pytest.mark.parametrize(
    "name",
    ["TINYINT", "SMALLINT", "FLOAT", "VARCHAR(5)", "CHAR(5)", "BINARY", "DATE", "TIMESTAMP", "TIMESTAMP_NTZ", "JSON"],
)
@pytest.mark.parametrize("form", ["^{}", "ARRAY<^{}>", "MAP<STRING,^{}>", "STRUCT<a:BIGINT,b:ARRAY<^{}>>"])
def test_types_of_the_second_edition_are_refused_in_the_first(name: str, form: str) -> None:
    text, at = unmark(create_imported(columns="a STRING, b " + form.format(name)))

    error = refused(seeded(), text, FIRST)

    bare = name.partition("(")[0]
    assert error.message(text, error.at) == (
        f"ODPS-0130071:[1,{at + 1}] Semantic analysis exception - {bare} type is not enabled in current mode. "
        "Please set odps.sql.type.system.odps2=true to use it."
    )


def test_types_of_the_first_edition_are_taken_and_int_is_bigint() -> None:
    columns = "a BIGINT, b DOUBLE, c DECIMAL, d STRING, e DATETIME, f BOOLEAN, g ^INT, h ARRAY<BIGINT>"
    text, at = unmark(create_imported(columns=columns))

    catalog = after(seeded(), text, context=FIRST)

    types = [column.type for column in model(catalog).default.input]
    assert types == ["bigint", "double", "decimal", "string", "datetime", "boolean", "bigint", "array<bigint>"]
    assert notices(decided(seeded(), text, FIRST)) == [(Condition.INT_IS_BIGINT, at)]


def test_decimal_with_parameters_has_a_flag_of_its_own() -> None:
    text, at = unmark(create_imported(columns="a TIMESTAMP, b ^DECIMAL(10,2)"))

    error = refused(seeded(), text, replace(CONTEXT, edition=Edition(odps2=True, decimal_odps2=False)))

    assert (error.condition, error.at) == (Condition.TYPE_NOT_ENABLED, at)
    assert error.text == (
        "DECIMAL(10,2) type is not enabled in current mode. Please set odps.sql.decimal.odps2=true to use it."
    )
    assert decided(seeded(), text, replace(CONTEXT, edition=Edition(odps2=True))).event is not None


def test_a_type_that_does_not_exist_does_not_exist_in_any_edition() -> None:
    assert refused(seeded(), create_imported(columns="a TEXT"), FIRST).condition is Condition.TYPE_UNKNOWN


def test_without_schemas_two_parts_are_project_and_model() -> None:
    catalog = after(seeded(), create("q.m"), context=TWO_LEVELS)
    assert model(catalog, "q.default.m").header.owner == FIRST.principal

    # `s` is a schema of the project, but means a project here.
    assert refused(seeded(), create("s.m"), TWO_LEVELS).condition is Condition.PROJECT_NOT_FOUND


def test_without_schemas_three_parts_are_an_error_of_grammar() -> None:
    text, at = unmark(create("^p.default.m"))

    error = refused(seeded(), text, TWO_LEVELS)

    assert (error.condition, error.at) == (Condition.NAME_TOO_MANY_PARTS, at)
    assert error.message(text, error.at).startswith("ODPS-0130161:[1,14] Parse exception - ")
