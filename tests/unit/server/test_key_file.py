"""The key file: what it may hold, who may read it, and how it changes."""

import os
import stat
from pathlib import Path

import pytest

from server.key_file import add_key, forget_unused, mark_unused, open_keyring, read_keys
from server.secrets import KeyFileUnusable
from tests.unit.server.test_secrets import KEY, OTHER_KEY, ring


def write_keys(path: Path, *lines: str, mode: int = 0o600) -> Path:
    path.write_text("".join(f"{line}\n" for line in lines))
    path.chmod(mode)
    return path


def test_the_first_use_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    umask = os.umask(0)
    try:
        keyring = open_keyring(path, environment_key=None)
    finally:
        os.umask(umask)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    sealed = keyring.seal("secret", purpose="p")
    assert open_keyring(path, environment_key=None).unseal(sealed, purpose="p") == "secret"
    assert os.listdir(tmp_path) == ["secret.key"]


def test_two_key_files_hold_different_keys(tmp_path: Path) -> None:
    first = open_keyring(tmp_path / "a", environment_key=None)
    second = open_keyring(tmp_path / "b", environment_key=None)

    assert first.key_ids != second.key_ids


def test_a_key_file_may_hold_several_keys(tmp_path: Path) -> None:
    path = write_keys(tmp_path / "keys", OTHER_KEY, KEY)

    assert open_keyring(path, environment_key=None).key_ids == ring(OTHER_KEY, KEY).key_ids


def test_the_key_of_the_environment_takes_the_place_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys"

    keyring = open_keyring(path, environment_key=f"{KEY}\n")

    assert keyring.key_ids == ring(KEY).key_ids
    assert not path.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    path = write_keys(tmp_path / "keys", KEY, mode=mode)

    with pytest.raises(KeyFileUnusable, match=rf"keys is open to others than its owner \(mode {mode:04o}\)"):
        open_keyring(path, environment_key=None)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "holds no key"),
        ([""], "line 1: a key has 32 bytes, not 0"),
        ([KEY, KEY[:-4]], "line 2: a key has 32 bytes, not 30"),
        ([KEY, "not base64!"], "line 2: a key is written in base64"),
        (["schlüssel"], "line 1: a key is written in base64"),
        ([f"{KEY} used"], "line 1: behind a key only the word unused may stand"),
    ],
)
def test_a_key_file_of_another_form_is_refused(tmp_path: Path, lines: list[str], reason: str) -> None:
    path = write_keys(tmp_path / "keys", *lines)

    with pytest.raises(KeyFileUnusable, match=reason):
        open_keyring(path, environment_key=None)


@pytest.mark.parametrize("key", ["", "no key", KEY[:-4], KEY + KEY])
def test_a_bad_key_of_the_environment_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    with pytest.raises(KeyFileUnusable, match="MODELD_SECRET_KEY") as caught:
        open_keyring(tmp_path / "keys", environment_key=key)

    assert not key or key not in str(caught.value)


def test_a_key_file_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match="No such file or directory"):
        open_keyring(tmp_path / "missing" / "keys", environment_key=None)


def test_the_environment_may_hold_several_keys(tmp_path: Path) -> None:
    assert (
        open_keyring(tmp_path / "keys", environment_key=f"{OTHER_KEY}, {KEY}").key_ids == ring(OTHER_KEY, KEY).key_ids
    )


def test_a_new_key_stands_before_the_others(tmp_path: Path) -> None:
    path = write_keys(tmp_path / "keys", KEY, OTHER_KEY)

    new = add_key(path)

    assert [line.id for line in read_keys(path)] == [new, *ring(KEY, OTHER_KEY).key_ids]
    assert new not in ring(KEY, OTHER_KEY).key_ids
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["keys"]


def test_unused_keys_are_marked_and_then_forgotten(tmp_path: Path) -> None:
    path = write_keys(tmp_path / "keys", KEY, OTHER_KEY)
    first, second = ring(KEY, OTHER_KEY).key_ids

    assert forget_unused(path) == []
    mark_unused(path, {first, second})

    assert path.read_text() == f"{KEY}\n{OTHER_KEY} unused\n"
    assert open_keyring(path, environment_key=None).key_ids == (first, second)
    assert forget_unused(path) == [second]
    assert path.read_text() == f"{KEY}\n"


def test_a_file_that_a_process_left_unfinished_is_in_nobodys_way(tmp_path: Path) -> None:
    path = write_keys(tmp_path / "keys", KEY)
    (tmp_path / ".keys.unfinished").write_text("half a k")

    add_key(path)

    assert len(read_keys(path)) == 2
    assert os.listdir(tmp_path) == ["keys"]


def test_a_key_line_shows_its_id_only(tmp_path: Path) -> None:
    (line,) = read_keys(write_keys(tmp_path / "keys", KEY))

    assert repr(line) == f"KeyLine({ring(KEY).key_ids[0].hex()}, unused=False)"


def test_what_a_link_leads_to_is_changed_and_the_link_stays(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    kept = tmp_path / "elsewhere" / "key"
    open_keyring(kept, environment_key=None)
    path = tmp_path / "secrets.key"
    path.symlink_to(kept)

    new = add_key(path)

    assert path.is_symlink()
    assert next(line.id for line in read_keys(kept)) == new
    assert sorted(os.listdir(kept.parent)) == ["key"]


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "secrets.key", 0o600)

    with pytest.raises(KeyFileUnusable, match="is not a file"):
        read_keys(tmp_path / "secrets.key")
