"""The newest commits in memory, and the bell that wakes whoever watches for more.

A watcher in step with the store is served from here without a read of the store; one that has fallen
behind reads the store's own log until it is in step again. Revisions are dense: the commit after
revision R is R + 1.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from itertools import islice
from typing import Final

from server.store.interface import Commit, Revision

KEEP_BYTES: Final = 8 * 1024 * 1024


class History:
    """The last commits up to `head`; at most `keep` of them and about `keep_bytes` of values."""

    def __init__(self, head: Revision, *, keep: int, keep_bytes: int = KEEP_BYTES) -> None:
        self.head = head
        self.closed = False
        self._keep = keep
        self._keep_bytes = keep_bytes
        self._bytes = 0
        self._commits: deque[Commit] = deque()
        self._bell = asyncio.Event()

    def append(self, commits: Sequence[Commit]) -> None:
        """Take in what was just committed, and wake the watchers."""
        if not commits:
            return
        self._commits.extend(commits)
        self._bytes += sum(map(_size, commits))
        while len(self._commits) > self._keep or (self._bytes > self._keep_bytes and len(self._commits) > 1):
            self._bytes -= _size(self._commits.popleft())
        self.head = commits[-1].revision
        self._ring()

    def after(self, revision: Revision) -> list[Commit] | None:
        """The commits above `revision`, oldest first; None when the oldest of them is not here."""
        missing = self.head - revision
        if missing <= 0:
            return []
        if missing > len(self._commits):
            return None
        return list(islice(self._commits, len(self._commits) - missing, None))

    async def wait(self, revision: Revision) -> bool:
        """Wait until there is a commit above `revision`; False when the store was closed instead."""
        while self.head <= revision and not self.closed:
            await self._bell.wait()
        return self.head > revision

    def close(self) -> None:
        """No more commits will come: let the watchers go."""
        self.closed = True
        self._ring()

    def _ring(self) -> None:
        # A new bell each time: whoever waits from now on waits for the next commit.
        bell, self._bell = self._bell, asyncio.Event()
        bell.set()


def _size(commit: Commit) -> int:
    return sum(len(change.value) for change in commit.changes if change.value is not None)
