"""Packed versions: what stays packed, and what is said of one that cannot be read."""

import pytest

from server.catalog.values import ModelVersion
from server.catalog.versions import Versions, pack
from server.errors import Condition, OdpsError


def version(name: str, lifecycle: int = 0, comment: str = "") -> ModelVersion:
    return ModelVersion(name, 1, 1, comment=comment, lifecycle=lifecycle)


@pytest.mark.parametrize("data", [b"", b"\xc1", pack(version("v1"))[:-1], b"\x81\xa4name\xa1\xff", b"\x80"])
def test_a_version_that_cannot_be_read_is_damage_and_the_others_are_not(data: bytes) -> None:
    versions = Versions({"bad": data, "good": pack(version("good"))})

    with pytest.raises(OdpsError) as raised:
        versions["bad"]

    assert raised.value.condition is Condition.STORE_DAMAGED
    assert "version bad cannot be read" in str(raised.value)
    assert "bad" in versions
    assert versions["good"] == version("good")


def test_a_word_in_a_comment_is_no_life_cycle() -> None:
    assert not Versions.of({"v1": version("v1"), "v2": version("v2", comment="no lifecycle")}).has_lifecycles


def test_deleting_what_is_not_there_changes_nothing() -> None:
    versions = Versions.of({"v1": version("v1")})

    assert versions.delete("v2") is versions


def test_what_was_loaded_is_never_written_to() -> None:
    packed = {"v1": pack(version("v1"))}
    loaded = Versions(packed)

    loaded.set("v2", version("v2")).delete("v1")

    assert list(packed) == list(loaded) == ["v1"]


def test_versions_show_their_names_only() -> None:
    assert repr(Versions.of({"v1": version("v1", comment="c")})) == "Versions(v1)"
