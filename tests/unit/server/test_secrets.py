"""Sealing: what opens, and what does not."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.secrets import Keyring, Tampered, UnknownKey, key_id_of, mask

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()


def ring(*keys: str) -> Keyring:
    return Keyring([base64.b64decode(key) for key in keys])


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


def test_what_is_shown_of_a_sealed_secret() -> None:
    sealed = ring(KEY).seal("a secret of mine", purpose="p")

    assert ring(KEY).show(sealed, purpose="p") == "****mine"
    assert ring(KEY).show(sealed, purpose="p", reveal=True) == "a secret of mine"
    assert ring(OTHER_KEY).show(sealed, purpose="p", reveal=True) == "********"


def test_an_adopted_key_seals_and_the_others_go_on_opening() -> None:
    keyring = ring(KEY)
    old, derived = keyring.seal("secret", purpose="p"), keyring.derive("d")

    keyring.adopt([bytes(range(1, 33))])

    assert keyring.key_ids == ring(OTHER_KEY, KEY).key_ids
    assert ring(OTHER_KEY).unseal(keyring.seal("new", purpose="p"), purpose="p") == "new"
    assert keyring.unseal(old, purpose="p") == "secret"
    assert keyring.derive("d") == derived
