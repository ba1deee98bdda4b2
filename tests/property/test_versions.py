"""The versions of a model behave as a dictionary that is copied on write, however they were made."""

from array import array
from collections.abc import Callable
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.catalog.values import ModelVersion
from server.catalog.versions import Joined, Versions, pack
from tests.property.test_catalog_records import NAMES, VERSIONS

_FEW_NAMES: Final = st.sampled_from(["v1", "v2", "v3", "x"])
_CONTENT: Final = st.dictionaries(_FEW_NAMES | NAMES, VERSIONS, max_size=6)
_STEPS: Final = st.lists(st.tuples(_FEW_NAMES, VERSIONS | st.none()), max_size=8)


def check_equal(versions: Versions, expected: dict[str, ModelVersion]) -> None:
    assert versions == expected
    assert versions == Versions.of(expected)
    assert len(versions) == len(expected)
    assert sorted(versions) == sorted(expected)
    assert sorted(versions.items()) == sorted(expected.items())
    assert sorted(map(repr, versions.values())) == sorted(map(repr, expected.values()))
    in_order = sorted(expected.items(), key=lambda item: (item[1].create_time, item[0]))
    assert versions.names_in_order() == [name for name, _ in in_order]
    assert [version.create_time for version in versions.in_order()] == [each.create_time for _, each in in_order]
    for name in ("v1", "v2", "v3", "x", "never"):
        assert (name in versions) is (name in expected)
        assert versions.get(name) == expected.get(name)


def joined(content: dict[str, ModelVersion]) -> Versions:
    """As loading leaves them."""
    packed = [pack(version) for version in content.values()]
    return Versions(Joined(tuple(content), array("I", map(len, packed)), b"".join(packed)))


def loaded(content: dict[str, ModelVersion]) -> Versions:
    """As loading leaves those of a model that has many."""
    return Versions({name: pack(version) for name, version in content.items()})


_HOWEVER_MADE: Final = st.sampled_from([joined, loaded, Versions.of])


@given(_CONTENT, _STEPS, _HOWEVER_MADE)
def test_any_changes_give_what_a_dictionary_would_have(
    content: dict[str, ModelVersion],
    steps: list[tuple[str, ModelVersion | None]],
    make: Callable[[dict[str, ModelVersion]], Versions],
) -> None:
    versions, expected = make(content), dict(content)
    past = []
    for name, version in steps:
        past.append((versions, dict(expected)))
        if version is None:
            versions = versions.delete(name)
            expected.pop(name, None)
        else:
            versions = versions.set(name, version)
            expected[name] = version

    check_equal(versions, expected)
    for before, content_then in past:
        check_equal(before, content_then)


@given(_CONTENT, _CONTENT)
def test_equal_are_those_with_equal_versions(one: dict[str, ModelVersion], other: dict[str, ModelVersion]) -> None:
    assert (Versions.of(one) == Versions.of(other)) is (one == other)
    assert (joined(one) == Versions.of(other)) is (one == other)
    assert (joined(one) == joined(other)) is (one == other)


@given(_CONTENT)
def test_secrets_are_those_of_the_decoded_versions(content: dict[str, ModelVersion]) -> None:
    expected = [(name, key, sealed) for name, version in content.items() for key, sealed in version.secrets]

    assert sorted(Versions.of(content).secrets()) == sorted(expected)
    assert sorted(joined(content).secrets()) == sorted(expected)


@given(_CONTENT, st.integers(0, 1), st.text("lifecyc", max_size=12), _HOWEVER_MADE)
def test_life_cycles_are_found_wherever_they_are(
    content: dict[str, ModelVersion], days: int, comment: str, make: Callable[[dict[str, ModelVersion]], Versions]
) -> None:
    versions = make({**content, "last": ModelVersion("last", 1, 1, comment=comment, lifecycle=days)})

    assert versions.has_lifecycles is bool(days)
    assert versions.has_lifecycles is bool(days)
    assert versions.delete("last").has_lifecycles is False
