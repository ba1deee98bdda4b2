"""Reading a catalog from the pages of a store: of any size, versions as they are, and nothing that is not ours."""

import pytest
from immutables import Map
from msgspec.structs import replace

from server.catalog import Catalog
from server.catalog.tree import build
from server.catalog.values import ModelVersion, Principal
from server.catalog.versions import pack
from server.records import CatalogReader, encode_key, encode_value
from server.secrets import Keyring
from server.store.interface import Page, Record, StoreDamaged
from tests.unit.server.catalog.scenes import CONTEXT, add, after, create, seeded
from tests.unit.server.catalog.test_tree import records


def stored(catalog: Catalog) -> list[Record]:
    return sorted(Record(encode_key(key), encode_value(value), revision) for key, value, revision in records(catalog))


def read(*pages: list[Record], revision: int = 1) -> Catalog:
    reader = CatalogReader()
    for page in pages:
        reader.add(Page.of(page))
    return reader.build(revision)


@pytest.fixture
def catalog() -> Catalog:
    made = after(seeded(), create("m"), create("q.n"), create("s.o"), add("m"), create("gone"), add("gone"))
    return after(made, "DROP MODEL gone")


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_pages_of_any_size_make_the_catalog(catalog: Catalog, size: int) -> None:
    found = stored(catalog)

    read_back = read(*(found[start : start + size] for start in range(0, len(found), size)), revision=catalog.revision)

    assert read_back == catalog == build(records(catalog), catalog.revision)


def test_versions_of_models_in_the_bin_are_read_too() -> None:
    catalog = after(seeded(), create("m"), add("m"))
    catalog = after(catalog, "DROP MODEL m", context=replace(CONTEXT, recycles=True))

    assert read(stored(catalog), revision=catalog.revision) == catalog
    assert catalog.dropped


@pytest.mark.parametrize(
    "key", ["version/p/default/m/", "version/p/default//v1", "version/p/default/m", "table/t", "m"]
)
def test_a_key_that_is_not_ours_is_refused(catalog: Catalog, key: str) -> None:
    # Among the versions of one model, where only the last name is looked at.
    found = sorted([*stored(catalog), Record(key, pack(ModelVersion("v1", 1, 1)), 1)])

    with pytest.raises(StoreDamaged, match=f"unknown record '{key}'"):
        read(found)


def test_a_catalog_that_is_not_whole_is_refused(catalog: Catalog) -> None:
    found = [record for record in stored(catalog) if record.key != "model/p/default/m"]

    with pytest.raises(StoreDamaged, match=r"the catalog is not whole: p\.default\.m is missing"):
        read(found)


def test_a_version_that_cannot_be_read_does_not_keep_from_loading(catalog: Catalog) -> None:
    found = [record._replace(value=b"\xc1") if record.key.endswith("/m/v2") else record for record in stored(catalog)]

    model = read(found).projects["p"].schemas["default"].models["m"]

    assert set(model.versions) == {"v1", "v2"}
    assert model.default.name == "v1"


def test_the_keys_of_all_secrets_are_found() -> None:
    keyrings = [Keyring([bytes([number]) * 32]) for number in range(9)]

    def secret(number: int, length: int = 10, key: str = "APIKEY") -> tuple[str, bytes]:
        return key, keyrings[number].seal("s" * length, purpose=key)

    versions = (
        ModelVersion("v0", 1, 1, secrets=(secret(0),)),
        ModelVersion("v1", 1, 1, secrets=(secret(1, 0),), comment="\u00a7secrets"),
        ModelVersion("v2", 1, 1, secrets=(secret(2, 300),)),
        ModelVersion("v3", 1, 1, secrets=(secret(3, 70_000),)),
        ModelVersion("v4", 1, 1, secrets=(secret(4), secret(5, key="A" * 40))),
        ModelVersion("v5", 1, 1, secrets=(secret(6, key="\u00fc"),)),
        ModelVersion("v6", 1, 1),
    )
    found = [Record(f"version/p/default/m/{each.name}", pack(each), 1) for each in versions]
    user = Principal(1, verifier=keyrings[7].seal("pencil", purpose="PASSWORD carol"))
    found.insert(0, Record("principal/carol", encode_value(user), 1))
    for pages in (
        [found],
        [[each] for each in found],
        [sorted([*found, Record("version/p/default/m/bad", b"\xc1", 1)])],
    ):
        reader = CatalogReader()
        for page in pages:
            reader.add(Page.of(page))

        assert reader.key_ids == {keyring.key_ids[0] for keyring in keyrings[:8]}


def test_life_cycles_are_known_when_a_catalog_was_loaded() -> None:
    catalog = after(seeded(), create("m"), create("n"), add("n"), create("o", comment="COMMENT 'lifecycle'"))
    catalog = after(catalog, "ALTER MODEL n MODIFY VERSION v1 SET LIFECYCLE 3", "ALTER MODEL m SET LIFECYCLE 3")

    models = read(stored(catalog)).projects["p"].schemas["default"].models

    assert {name: model.versions.has_lifecycles for name, model in models.items()} == {
        "m": False,
        "n": True,
        "o": False,
    }


def test_what_models_have_in_common_is_in_memory_once() -> None:
    catalog = after(seeded(), create("m"), create("n"))

    models = read(stored(catalog)).projects["p"].schemas["default"].models

    one, other = models["m"], models["n"]
    for field in ("owner", "source_type", "model_type", "default_version"):
        assert getattr(one.header, field) is getattr(other.header, field)
    assert next(iter(one.versions)) is next(iter(other.versions))


@pytest.mark.parametrize("page", [7, 40, 1000])
@pytest.mark.parametrize("count", [1, 40, 49, 50, 51, 400])
def test_the_versions_of_a_model_are_all_there_however_many_and_on_however_many_pages(count: int, page: int) -> None:
    names = [f"v{number}" for number in range(1, count + 1)]
    found = stored(after(seeded(), create("m"), create("mm"), create("m0")))
    found += [Record(f"version/p/default/m/{name}", pack(ModelVersion(name, 1, 1, comment=name)), 1) for name in names]
    found = sorted({record.key: record for record in found}.values())

    models = (
        read(*(found[start : start + page] for start in range(0, len(found), page)))
        .projects["p"]
        .schemas["default"]
        .models
    )

    assert set(models) == {"m", "mm", "m0"}
    assert dict(models["m"].versions) == {name: ModelVersion(name, 1, 1, comment=name) for name in names}
    assert [set(models[name].versions) for name in ("mm", "m0")] == [{"v1"}] * 2


def test_names_that_are_known_from_another_model_are_looked_at_in_each(catalog: Catalog) -> None:
    found = [*stored(catalog), *(Record(f"version/p/default/{name}/", b"", 1) for name in ("x", "y"))]

    with pytest.raises(StoreDamaged, match="unknown record 'version/p/default/x/'"):
        read(sorted(found))


def test_a_model_of_very_many_versions_is_changed_without_copying_them() -> None:
    catalog = after(seeded(), create("m"))
    of_m = [
        Record(f"version/p/default/m/v{number}", pack(ModelVersion(f"v{number}", 1, 1)), 1) for number in range(1500)
    ]

    versions = (
        read(sorted({record.key: record for record in (*stored(catalog), *of_m)}.values()))
        .projects["p"]
        .schemas["default"]
        .models["m"]
        .versions
    )

    assert isinstance(versions._packed, Map)
    assert len(versions.set("new", ModelVersion("new", 1, 1))) == 1501


@pytest.mark.parametrize("places", [(1, 0, 2), (0, 2, 1)])
@pytest.mark.parametrize("size", [1, 3])
def test_records_out_of_order_are_damage(catalog: Catalog, places: tuple[int, ...], size: int) -> None:
    found = [record for record in stored(catalog) if record.key.startswith("version/")]
    mixed = [found[place] for place in places]

    with pytest.raises(StoreDamaged, match="not come in the order of their keys"):
        read(*(mixed[start : start + size] for start in range(0, len(mixed), size)))
