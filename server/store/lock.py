"""The lock that keeps a second process out of a folder, and the syncs that make names in a folder last.

The lock is the operating system's: it goes when its process goes, however that ends, so a lock file that
lies there says nothing by itself. The process id in it only serves the message for the second one.
"""

import fcntl
import os
import pwd
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.store.interface import StoreLocked, StoreUnavailable

LOCK_NAME: Final = "modeld.lock"


class FolderLock:
    """Held from `acquire` to `release`, by one process and one object of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._descriptor = -1

    def acquire(self) -> None:
        """Take the lock at once or not at all.

        Raises:
            StoreLocked: another one has it; the message names its process and the folder.
            OSError: the lock file cannot be opened.
        """
        descriptor = os.open(self._folder / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)
        except BlockingIOError as error:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            process_id = int(holder) if holder.isdecimal() and self._is_held_by(int(holder)) else None
            raise StoreLocked(f"{self._folder} is in use by process {holder or '(not known)'}", process_id) from error
        except OSError:
            os.close(descriptor)
            raise
        self._descriptor = descriptor

    def _is_held_by(self, process_id: int) -> bool:
        """Whether the process of that number has our lock file open, where the system tells (Linux).

        A number that was written in another PID namespace, such as a container's, is somebody else's here.
        """
        try:
            descriptors = list(os.scandir(f"/proc/{process_id}/fd"))
        except OSError:
            return not Path("/proc/self/fd").exists()
        lock = (self._folder / LOCK_NAME).stat()
        for descriptor in descriptors:
            with suppress(OSError):
                if os.path.samestat(os.stat(descriptor.path), lock):
                    return True
        return False

    def release(self) -> None:
        """Let the next one in. The file stays: removing it would let two processes lock two files of one name."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def check_owner(path: Path) -> None:
    """Only the owner of a file of ours works on its folder: what root makes beside it would be closed to its owner.

    Raises:
        StoreUnavailable: it is another user's; where there is no file there is nothing to say.
    """
    try:
        owner = path.stat().st_uid
    except OSError:
        return
    if owner != os.geteuid():
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise StoreUnavailable(f"{path} belongs to user {name}: run this as that user")


def make_folder(folder: Path) -> None:
    """Make the folder, for its owner alone, unless it is there; its name is durable afterwards."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: the sync of a file does not cover its name."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
