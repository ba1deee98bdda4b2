"""What can go wrong in a conversation, told apart by whose fault it is.

- `LocalProtocolError`: we were about to send something illegal. A bug of ours, never of the peer.
- `RemoteProtocolError`: the peer broke the protocol. It carries what the ErrorResponse must say.
- `InvalidValue`: one value cannot be read or written in the form asked for; the protocol is unharmed.

The texts of the last two are PostgreSQL's, since drivers and people know them.
"""

from protocol.sqlstate import SqlState


class ProtocolError(Exception):
    """Never raised itself."""


class LocalProtocolError(ProtocolError):
    """We tried to send what the protocol does not allow here."""


class RemoteProtocolError(ProtocolError):
    """The peer sent what the protocol does not allow.

    Attributes:
        message: for the client, without a period, as PostgreSQL words it.
        fatal: the conversation is over: framing is lost, or startup failed. Otherwise the body of one
            complete message was bad, and the session goes on after an ErrorResponse.
    """

    def __init__(self, message: str, *, sqlstate: SqlState = SqlState.PROTOCOL_VIOLATION, fatal: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate
        self.fatal = fatal


class InvalidMessage(RemoteProtocolError):
    """The bytes of a message are not what its type requires."""


class MessageTooLarge(RemoteProtocolError):
    """The announced length is over the limit for this type of message."""


class UnexpectedMessage(RemoteProtocolError):
    """No such type of message, or not in this phase."""


class UnsupportedProtocolVersion(RemoteProtocolError):
    """A startup packet of another major protocol version."""


class InvalidValue(ProtocolError):
    """A value that its type, its format or the client's encoding cannot express.

    Attributes:
        parameter: the number of the bind parameter that it was to be, from 1; None where it was none.
        context: where it stood, for the client.
    """

    def __init__(self, message: str, *, sqlstate: SqlState) -> None:
        super().__init__(message)
        self.message = message
        self.sqlstate = sqlstate
        self.parameter: int | None = None
        self.context: str | None = None
