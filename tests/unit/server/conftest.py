import pytest

from protocol.frontend_messages import FrontendMessage
from server.session import Session


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[FrontendMessage]:
    """The messages that sessions have looked at; those of a packet that is answered at once are not among them."""
    messages: list[FrontendMessage] = []
    handle = Session.handle

    async def note(self: Session, message: FrontendMessage) -> None:
        messages.append(message)
        await handle(self, message)

    monkeypatch.setattr(Session, "handle", note)
    return messages
