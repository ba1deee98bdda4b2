"""Sealing: what opens, what does not, and who may read the keys."""

import base64
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.secrets import KeyFileUnusable, Keyring, Tampered, UnknownKey, key_id_of, mask

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


def ring(*keys: str) -> Keyring:
    return Keyring([base64.b64decode(key) for key in keys])


def write_keys(path: Path, *lines: str, mode: int = 0o600) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(mode)
    return path


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_unseal_gives_back_what_was_sealed(text: str, purpose: str) -> None:
    keyring = ring(KEY)

    sealed = keyring.seal(text, purpose=purpose)

    assert keyring.unseal(sealed, purpose=purpose) == text
    assert len(sealed) == 1 + 8 + 12 + len(text.encode()) + 16


def test_two_seals_of_one_text_differ() -> None:
    keyring = ring(KEY)

    assert keyring.seal("secret", purpose="p") != keyring.seal("secret", purpose="p")


def test_a_sealed_secret_does_not_show_its_text() -> None:
    assert b"secret" not in ring(KEY).seal("a secret text", purpose="secret place")


def test_a_secret_opens_only_for_its_purpose() -> None:
    keyring = ring(KEY)
    sealed = keyring.seal("secret", purpose="model a")

    with pytest.raises(Tampered):
        keyring.unseal(sealed, purpose="model b")


def test_a_change_of_any_byte_is_noticed() -> None:
    keyring = ring(KEY)
    sealed = keyring.seal("secret", purpose="p")

    for at in range(len(sealed)):
        changed = bytearray(sealed)
        changed[at] ^= 1
        with pytest.raises((Tampered, UnknownKey)):
            keyring.unseal(bytes(changed), purpose="p")


def test_a_secret_that_was_cut_is_noticed() -> None:
    keyring = ring(KEY)
    sealed = keyring.seal("secret", purpose="p")

    for length in range(len(sealed)):
        with pytest.raises(Tampered):
            keyring.unseal(sealed[:length], purpose="p")


def test_a_key_that_is_not_there_is_named_by_its_id() -> None:
    sealed = ring(KEY).seal("secret", purpose="p")

    with pytest.raises(UnknownKey) as caught:
        ring(OTHER_KEY).unseal(sealed, purpose="p")

    assert caught.value.key_id == key_id_of(sealed) == ring(KEY).key_ids[0]
    assert key_id_of(sealed).hex() in str(caught.value)


def test_the_first_key_seals_and_every_key_unseals() -> None:
    old = ring(KEY).seal("secret", purpose="p")
    both = ring(OTHER_KEY, KEY)

    assert both.unseal(old, purpose="p") == "secret"
    assert key_id_of(both.seal("secret", purpose="p")) == ring(OTHER_KEY).key_ids[0]


def test_a_keyring_shows_only_ids() -> None:
    keyring = ring(KEY, OTHER_KEY)

    assert repr(keyring) == f"Keyring({keyring.key_ids[0].hex()}, {keyring.key_ids[1].hex()})"
    assert bytes(range(8)) not in keyring.key_ids


def test_the_first_use_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    umask = os.umask(0)
    try:
        keyring = Keyring.open(path, environment_key=None)
    finally:
        os.umask(umask)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = keyring.seal("secret", purpose="p")
    assert Keyring.open(path, environment_key=None).unseal(sealed, purpose="p") == "secret"
    assert os.listdir(tmp_path) == ["secret.key"]


def test_two_key_files_hold_different_keys(tmp_path: Path) -> None:
    first = Keyring.open(tmp_path / "a", environment_key=None)
    second = Keyring.open(tmp_path / "b", environment_key=None)

    assert first.key_ids != second.key_ids


def test_a_key_file_may_hold_several_keys(tmp_path: Path) -> None:
    path = write_keys(tmp_path / "keys", OTHER_KEY, KEY)

    assert Keyring.open(path, environment_key=None).key_ids == ring(OTHER_KEY, KEY).key_ids


def test_the_key_of_the_environment_takes_the_place_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"

    keyring = Keyring.open(path, environment_key=f"{KEY}\n")

    assert keyring.key_ids == ring(KEY).key_ids
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = write_keys(tmp_path / "keys", KEY, mode=mode)

    with pytest.raises(KeyFileUnusable, match=rf"keys is open to others than its owner \(mode {mode:04o}\)"):
        Keyring.open(path, environment_key=None)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "holds no key"),
        ([""], "line 1: a key has 32 bytes, not 0"),
        ([KEY, KEY[:-4]], "line 2: a key has 32 bytes, not 30"),
        ([KEY, "not base64!"], "line 2: a key is written in base64"),
        (["schlüssel"], "line 1: a key is written in base64"),
    ],
)
def test_a_key_file_of_another_form_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    path = write_keys(tmp_path / "keys", *lines)

    with pytest.raises(KeyFileUnusable, match=reason):
        Keyring.open(path, environment_key=None)


@pytest.mark.parametrize("key", ["", "no key", KEY[:-4], KEY + KEY])
def test_a_bad_key_of_the_environment_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    with pytest.raises(KeyFileUnusable, match="MODELD_SECRET_KEY") as caught:
        Keyring.open(tmp_path / "keys", environment_key=key)

    assert not key or key not in str(caught.value)


def test_a_key_file_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match="No such file or directory"):
        Keyring.open(tmp_path / "missing" / "keys", environment_key=None)


@pytest.mark.parametrize(
    ("secret", "shown"),
    [
        ("", "********"),
        ("12345678901", "********"),
        ("123456789012", "****9012"),
        ("sk-abcdefghijklmnop-密钥", "****p-密钥"),
    ],
)
def test_mask_shows_at_most_the_last_four_characters(secret: str, shown: str) -> None:
    assert mask(secret) == shown
