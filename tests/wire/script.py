r"""Wire scripts: what a frontend sends and what it must get, as text.

    # A comment.
    connect application_name=psql      log in, and read up to ReadyForQuery
    > Query("SHOW TimeZone")           send a message; lines that follow each other are one packet
    > Frame(b"Q", b"SHOW \xff\0")     the same by type byte and body
    > b"raw bytes" * 3
    < DataRow 'UTC'                    the next message must be this; * stands for anything
    until ReadyForQuery                read on up to a message that begins so
    closed                             the server hangs up without another word

At the end the frontend says Terminate and must get nothing more.
"""

import ast
import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol, get_args

from protocol.backend_messages import (
    BackendMessage,
    CommandComplete,
    CopyData,
    CopyOutResponse,
    DataRow,
    ErrorResponse,
    NegotiateProtocolVersion,
    NoticeResponse,
    NotificationResponse,
    ParameterDescription,
    ParameterStatus,
    ReadyForQuery,
    RowDescription,
    decode_authentication,
)
from protocol.body import pack_message
from protocol.encodings import UTF_8, find_encoding
from protocol.frontend_messages import FrontendMessage, TaggedFrontendMessage, Terminate
from protocol.startup_messages import CancelRequest, GSSENCRequest, SSLRequest, StartupMessage

# Name -> text.
SCRIPTS: Final = {path.stem: path.read_text() for path in sorted(Path(__file__).parent.glob("*.wire"))}
_Kind = Callable[..., FrontendMessage | bytes]
_FRONTEND: Final[dict[str, _Kind]] = {
    "Frame": pack_message,
    **{
        kind.__name__: kind
        for kind in (*get_args(TaggedFrontendMessage), CancelRequest, GSSENCRequest, SSLRequest, StartupMessage)
    },
}
_BACKEND: Final = {kind.type_byte: kind for kind in get_args(BackendMessage)}


class Peer(Protocol):
    """A server, seen from the socket."""

    user: str
    database: str

    async def send(self, data: bytes) -> None: ...

    async def receive(self) -> bytes:
        """Some bytes; none when the server has hung up."""


class Frontend:
    """Sends messages and reads the answers one by one, in the encoding that the server says it writes."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._received = b""
        self._codec = UTF_8

    async def connect(self, **parameters: str) -> list[str]:
        """Log in; the messages of the greeting."""
        given = {"user": self._peer.user, "database": self._peer.database, **parameters}
        await self._peer.send(StartupMessage(3, 0, tuple(given.items())).encode())
        return await self.read_until("ReadyForQuery")

    async def send(self, *messages: FrontendMessage | bytes) -> None:
        """All in one packet."""
        await self._peer.send(b"".join(each if isinstance(each, bytes) else each.encode() for each in messages))

    async def read(self) -> str:
        """The next message as `show` writes it; "N" for the refusal of encryption, "closed" at the end."""
        while not (message := self._take()):
            data = await self._peer.receive()
            if not data:
                assert not self._received, f"cut off in the middle: {self._received[:80]!r}"
                return "closed"
            self._received += data
        return message

    async def read_until(self, prefix: str) -> list[str]:
        messages = [await self.read()]
        while not messages[-1].startswith(prefix):
            assert messages[-1] != "closed", f"no {prefix} after {messages}"
            messages.append(await self.read())
        return messages

    async def ask(self, *messages: FrontendMessage | bytes) -> list[str]:
        """Send the messages, and read to the next ReadyForQuery."""
        await self.send(*messages)
        return await self.read_until("ReadyForQuery")

    def _take(self) -> str:
        data = self._received
        if data[:1] == b"N" and (len(data) < 5 or data[1:2] != b"\0"):
            self._received = data[1:]
            return "N"
        if len(data) < 5:
            return ""
        (length,) = struct.unpack_from(">I", data, 1)
        if len(data) <= length:
            return ""
        self._received = data[length + 1 :]
        body = data[5 : length + 1]
        # Messages of type R are told apart by their body.
        message = decode_authentication(body) if data[:1] == b"R" else _BACKEND[data[:1]].decode(body, self._codec)
        match message:
            case ParameterStatus("client_encoding", value) if encoding := find_encoding(value):
                self._codec = encoding.codec
        return show(message)


def show(message: BackendMessage) -> str:
    """A message as scripts write it."""
    return " ".join((type(message).__name__, *_contents(message)))


def _contents(message: BackendMessage) -> Iterator[str]:
    match message:
        case ReadyForQuery(status):
            yield status
        case ErrorResponse(fields) | NoticeResponse(fields):
            yield f"{fields.severity} {fields.sqlstate} {fields.message}"
            if fields.position is not None:
                yield f"@{fields.position}"
        case RowDescription(columns):
            yield from (f"{column.name}:{column.type_oid}:{column.format}" for column in columns)
        case DataRow(values):
            yield from ("NULL" if value is None else repr(value)[1:] for value in values)
        case CommandComplete(tag):
            yield tag
        case ParameterStatus(name, value):
            yield f"{name}={value}"
        case ParameterDescription(oids):
            yield from map(str, oids)
        case NotificationResponse(_, channel, payload):
            yield f"{channel} {payload!r}"
        case CopyOutResponse(format_, formats):
            yield " ".join(map(str, (format_, *formats)))
        case CopyData(data):
            yield repr(data)[1:]
        case NegotiateProtocolVersion(major, minor, options):
            yield f"{major}.{minor}"
            yield from options
        case _:
            pass


async def run_script(name: str, text: str, peer: Peer) -> None:
    """Play the script of that name; AssertionError names the line that was not as it says."""
    frontend = Frontend(peer)
    packet: list[FrontendMessage | bytes] = []
    last = ""
    for number, line in enumerate(text.splitlines(), start=1):
        word, _, rest = line.strip().partition(" ")
        if word == ">":
            packet.append(read_message(rest))
            continue
        if packet:
            await frontend.send(*packet)
            packet.clear()
        if not word or word.startswith("#"):
            continue
        last = await _step(frontend, word, rest, f"{name}:{number}: {line}")
    if last != "closed":
        await frontend.send(*packet, Terminate())
        assert await frontend.read() == "closed", f"{name}: more than it says"


async def _step(frontend: Frontend, word: str, rest: str, place: str) -> str:
    match word:
        case "connect":
            parameters = dict(pair.split("=", 1) for pair in rest.split())
            return (await frontend.connect(**parameters))[-1]
        case "until":
            return (await frontend.read_until(rest))[-1]
        case "<":
            got = await frontend.read()
            pattern = ".*".join(map(re.escape, rest.split("*")))
            assert re.fullmatch(pattern, got, re.DOTALL), f"{place}\ngot {got}"
            return got
        case "closed":
            got = await frontend.read()
            assert got == "closed", f"{place}\ngot {got}"
            return got
        case _:
            raise AssertionError(f"{place}: not a line of a script")


def read_message(text: str) -> FrontendMessage | bytes:
    """`Query("SHOW x" * 3)` or `b"..."`: a constructor and constants, with + and * between them."""
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _FRONTEND[node.func.id](*map(_evaluate, node.args))
    data = _evaluate(node)
    assert isinstance(data, bytes), text
    return data


def _evaluate(node: ast.expr) -> object:
    match node:
        case ast.BinOp(ast.Constant(str() | bytes() as text), ast.Mult(), ast.Constant(int(times))):
            return text * times
        case ast.BinOp(left, ast.Add(), right):
            first, second = _evaluate(left), _evaluate(right)
            if isinstance(first, str) and isinstance(second, str):
                return first + second
            assert isinstance(first, bytes)
            assert isinstance(second, bytes)
            return first + second
        case _:
            value: object = ast.literal_eval(node)
            return value
