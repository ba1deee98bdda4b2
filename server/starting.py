"""How `modeld serve` begins: signals, the store, and only then the rest of modeld.

Importing the rest takes two thirds of a second, and so does SQLite's look at the whole file of a million versions, for
which it needs no lock of Python's: here the one does not wait for the other. Therefore nothing that is imported here,
or by the command line before, imports the catalog or the dialect.
"""

import asyncio
import gc
import signal
import sys
from collections.abc import Callable

from server.faults import log_faults
from server.options import ServeOptions
from server.store.sqlite import SqliteStore

_TURN = 0.0005
# Objects made and not yet freed before the collector looks at the young ones, and how often it then looks at the
# others. Next to nothing here is in a cycle; the usual 700 cost a statement that waits a tenth of its processor time.
_YOUNG = (10_000, 20, 20)


async def start(settings: ServeOptions) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        StoreError, SecretsError, TlsError, NobodyCanLogIn, OdpsError, OSError: it cannot.
    """
    # A SELECT in a thread lets the loop have its turn after this many seconds; the usual 5 ms would be felt by others.
    sys.setswitchinterval(_TURN)
    gc.set_threshold(*_YOUNG)
    loop = asyncio.get_running_loop()
    log_faults(loop)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    # From before the folder is locked: the signal would end a process that does not wait for it.
    reloads: list[Callable[[], None]] = []
    loop.add_signal_handler(signal.SIGHUP, _call_all, reloads)
    store = SqliteStore(settings.data)
    # A new folder is not made before it is known that the other options are right, and has nothing to look at.
    opening = asyncio.create_task(store.open()) if settings.data.exists() else None
    try:
        await asyncio.sleep(0)  # So that its thread has the work.
        from server.serving import run_server

        await run_server(settings, store, opening, reloads, stop)
    finally:
        if opening is not None:
            await asyncio.gather(opening, return_exceptions=True)
        await store.close()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # One more would end in another way, until the process is gone, what has ended in order.
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_IGN)


def _call_all(steps: list[Callable[[], None]]) -> None:
    for step in steps:
        step()
