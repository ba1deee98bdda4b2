"""pgbouncer in front of the server."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.integration.adapters import Address
from tests.integration.programs import require

# One connection to the server, so that the clients must share it.
CONFIGURATION: Final = """
[databases]
{project} = host={host} port={server_port} dbname={project}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {folder}/users
pool_mode = {mode}
default_pool_size = {size}
server_reset_query = DISCARD ALL
server_check_query =
ignore_startup_parameters = extra_float_digits, options
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        assert process.poll() is None, "pgbouncer did not start"
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "pgbouncer is not ready"
            time.sleep(0.02)
        else:
            return


@contextmanager
def pooler(address: Address, mode: str, size: int = 1) -> Iterator[Address]:
    """The address of a pgbouncer in front of the server."""
    require("pgbouncer")
    # It refuses to run as root, and whoever it runs as must be able to read its files.
    user = "nobody" if os.geteuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="modeld-pgbouncer-"))
    folder.chmod(0o755)
    port = free_port()
    fields = {"project": address.project, "host": address.host, "server_port": address.port, "port": port}
    (folder / "users").write_text(f'"{address.user}" ""\n')
    (folder / "ini").write_text(CONFIGURATION.format(**fields, folder=folder, mode=mode, size=size))
    process = subprocess.Popen(["pgbouncer", "-q", str(folder / "ini")], user=user, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(process, port)
        yield Address(port, address.project)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder)
