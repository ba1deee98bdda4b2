"""Where the keys of the secrets are kept: a file of the data folder, or the environment.

The file holds one key a line, 32 bytes in base64; the first one seals. The word `unused` behind a key says that
no secret of the catalog is sealed with it any more; the server writes it, when it has seen to that.

The file is there whole or not at all, old or new, at any instant: a change is written beside it and renamed. Whoever
changes it holds a lock on the folder meanwhile, so that no change is lost to another one.
"""

import base64
import binascii
import fcntl
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from server.secrets import KEY_BYTES, KeyFileUnusable, Keyring, find_key_id
from server.store.lock import sync_folder

KEY_FILE: Final = "secrets.key"
_UNUSED: Final = "unused"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One key. `repr` does not show it."""

    key: bytes
    unused: bool = False

    def __repr__(self) -> str:
        return f"KeyLine({self.id.hex()}, unused={self.unused})"

    @property
    def id(self) -> bytes:
        return find_key_id(self.key)

    def format(self) -> str:
        return base64.b64encode(self.key).decode() + (f" {_UNUSED}" if self.unused else "")


def open_keyring(path: Path, *, environment_key: str | None, make: bool = True) -> Keyring:
    """The ring of the key file, which is made with a random key when it is not there.

    Args:
        environment_key: the value of MODELD_SECRET_KEY, one key or several with commas between them; when given, the
            file is neither read nor made.
        make: false where secrets are sealed already: then a new key would only hide that theirs is lost.

    Raises:
        KeyFileUnusable: readable by others, not of the form above, or not to be read or made at all.
    """
    if environment_key is not None:
        return Keyring([_decode_key(each.strip(), "MODELD_SECRET_KEY") for each in environment_key.split(",")])
    try:
        return Keyring([line.key for line in read_keys(path)])
    except FileNotFoundError:
        if not make:
            raise KeyFileUnusable(
                f"{path} is missing, and the catalog holds secrets that only its key opens: "
                "put the file back, or give the key as MODELD_SECRET_KEY"
            ) from None
    first = KeyLine(os.urandom(KEY_BYTES))
    try:
        _write(path, [first], replacing=False)
    except OSError as error:
        raise KeyFileUnusable(f"{path}: {error.strerror}") from error
    return Keyring([first.key])


def read_keys(path: Path) -> list[KeyLine]:
    """The lines of the file.

    Raises:
        FileNotFoundError
        KeyFileUnusable
    """
    try:
        text = _read_private(path)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileUnusable(f"{path}: {error.strerror}") from error
    lines = [_parse(line, f"{path}, line {number}") for number, line in enumerate(text.splitlines(), 1)]
    if not lines:
        raise KeyFileUnusable(f"{path} holds no key")
    return lines


def add_key(path: Path) -> bytes:
    """Put a new random key before the others; durable when this returns.

    Returns:
        Its id.

    Raises:
        FileNotFoundError, KeyFileUnusable, OSError
    """
    new = KeyLine(os.urandom(KEY_BYTES))
    _change(path, lambda lines: [new, *lines])
    return new.id


def mark_unused(path: Path, key_ids: set[bytes]) -> None:
    """Say of these keys that no secret of the catalog needs them; never of the first one.

    Raises:
        FileNotFoundError, KeyFileUnusable, OSError
    """

    def mark(lines: list[KeyLine]) -> list[KeyLine]:
        first, *others = lines
        return [first, *(replace(line, unused=True) if line.id in key_ids else line for line in others)]

    _change(path, mark)


def forget_unused(path: Path) -> list[bytes]:
    """Take out the keys that are marked as unused.

    Returns:
        Their ids.

    Raises:
        FileNotFoundError, KeyFileUnusable, OSError
    """
    gone: list[bytes] = []

    def forget(lines: list[KeyLine]) -> list[KeyLine]:
        first, *others = lines
        gone.extend(line.id for line in others if line.unused)
        return [first, *(line for line in others if not line.unused)]

    _change(path, forget)
    return gone


def _change(path: Path, change: Callable[[list[KeyLine]], list[KeyLine]]) -> None:
    # Where it is a link, to a disk of its own for instance, the new keys belong where it leads.
    path = path.resolve()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = read_keys(path)
        after = change(before)
        if after != before:
            _write(path, after, replacing=True)
    finally:
        os.close(folder)


def _write(path: Path, lines: Sequence[KeyLine], *, replacing: bool) -> None:
    """Put the file there with these lines; durable, name included, before anything is sealed with a new one."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{line.format()}\n" for line in lines)
            file.flush()
            os.fsync(descriptor)
        if replacing:
            unfinished.replace(path)
        else:
            # Unlike a rename, this never puts itself in the place of a key that somebody else has made meanwhile.
            path.hardlink_to(unfinished)
    finally:
        unfinished.unlink(missing_ok=True)
    sync_folder(path.parent)


def _parse(line: str, where: str) -> KeyLine:
    text, _, mark = line.partition(" ")
    key = _decode_key(text, where)
    if mark not in ("", _UNUSED):
        raise KeyFileUnusable(f"{where}: behind a key only the word {_UNUSED} may stand")
    return KeyLine(key, mark == _UNUSED)


def _decode_key(text: str, where: str) -> bytes:
    # The text itself never goes into the message: it may be a key with one character too many.
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFileUnusable(f"{where}: a key is written in base64") from error
    if len(key) != KEY_BYTES:
        raise KeyFileUnusable(f"{where}: a key has {KEY_BYTES} bytes, not {len(key)}")
    return key


def _read_private(path: Path) -> str:
    if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for its other end
        raise KeyFileUnusable(f"{path} is not a file")
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFileUnusable(
                f"{path} is open to others than its owner (mode {stat.S_IMODE(mode):04o}): chmod 600 it, "
                "and think of its keys as known"
            )
        # A key that is not ASCII fails as base64, with the line that it stands in.
        return file.read().decode("ascii", "replace")
