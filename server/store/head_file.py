"""The file `catalog.head`: the newest revision that was acknowledged, and the lock of whoever copies the catalog.

It is written after every commit, without a sync of its own, and therefore outlives the process, though not always
the power. It never says more than is durable, so a catalog that is behind it has lost something, or is an
older one. The write-ahead log cannot tell: where a bit of it flips, SQLite takes that for its end.

    modeld's newest acknowledged revision: 00000000000000000042 9ab3f0c1

The last word is a checksum; a line without the right one says nothing.

Two locks of the operating system on it, `shared` and `alone`, keep `catalog.db` from being changed while another
process copies it: that happens in a checkpoint only, and a checkpoint is made alone.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from zlib import crc32

from server.store.interface import Revision

HEAD_NAME: Final = "catalog.head"
_WORDS: Final = b"modeld's newest acknowledged revision: %020d"
_DIGITS: Final = slice(-20, None)
_LINE_BYTES: Final = len(_WORDS % 0) + len(" 00000000\n")


class HeadFile:
    """Open from the beginning to `close`; made when it is not there. On a disk that is read-only it can be read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / HEAD_NAME
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            if error.errno != errno.EROFS:
                raise
            self._descriptor = os.open(self.path, os.O_RDONLY)

    def read(self) -> Revision:
        """The newest revision that was acknowledged, as far as is known; 0 where nothing is."""
        line = os.pread(self._descriptor, _LINE_BYTES, 0)
        words, _, checksum = line.rstrip(b"\n").rpartition(b" ")
        if not words or checksum != b"%08x" % crc32(words):
            return 0
        return int(words[_DIGITS])

    def write(self, revision: Revision) -> None:
        """Say that this one is durable. What fails here only makes the file say less."""
        words = _WORDS % revision
        with suppress(OSError):
            os.pwrite(self._descriptor, b"%b %08x\n" % (words, crc32(words)), 0)

    @contextmanager
    def alone(self, *, wait: bool) -> Iterator[bool]:
        """No copy is made meanwhile; False when one is, and we do not wait for its end."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    @contextmanager
    def shared(self) -> Iterator[None]:
        """No checkpoint is made meanwhile; waits for one that is."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._descriptor)
