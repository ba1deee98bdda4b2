"""One session's use of the kept answers: finds the one for a packet, or records what is sent for it, to keep that.

A recording begins when a packet arrives at an idle session outside a transaction, and is kept when the session is
idle again with the packet read to its end. Anything that would not happen a second time in the same way spoils it:
an error, a notice, a notification, another packet meanwhile, a parameter that was set, an answer that does not say
what it rests on.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from protocol.backend import Backend
from protocol.frontend_messages import STATEMENT, Bind, Describe, Execute, FrontendMessage, Parse, Query, Sync
from server.activity import Activity
from server.answers import Answer
from server.executor import Executor
from server.output import Output
from server.prepared import PreparedStatement, Workspace
from server.quick_batch import QuickBatches
from server.quick_describe import QuickDescriber
from server.quick_select import QuickSelects
from server.results import Basis, Result

_QUERY: Final = Query.type_byte[0]
_PARSE: Final = Parse.type_byte[0]
_BIND: Final = Bind.type_byte[0]
# Where the first string of a message begins: behind type byte and length.
_BODY: Final = 5


@dataclass(slots=True)
class _Recording:
    """What one packet has given rise to so far."""

    key: Hashable
    packet: bytes
    revision: int
    state: object
    prepared: PreparedStatement | None
    sent: list[bytes] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    bases: list[Basis] = field(default_factory=list)


class Recorder:
    """Between a session's connection and the answers that all sessions share."""

    def __init__(
        self, executor: Executor, backend: Backend, workspace: Workspace, output: Output, activity: Activity
    ) -> None:
        self._answers = executor.engine.answers
        self._committer = executor.engine.committer
        self._meter = executor.engine.meter
        self._control = executor.control
        self._parameters = executor.parameters
        self._backend = backend
        self._workspace = workspace
        self._output = output
        self._activity = activity
        self._describer = QuickDescriber(executor)
        self._selects = QuickSelects(executor)
        self._batches = QuickBatches(executor, workspace)
        # The number of the session's surroundings, known for as long as project and parameters stay the same.
        self._number = 0
        self._number_for: tuple[object, int, str] = (None, 0, "")
        self._idle = False
        self._recording: _Recording | None = None

    @property
    def is_idle(self) -> bool:
        """Whether the next packet comes to an idle session outside a transaction, and is the next thing to be read."""
        return self._idle and not self._backend.waiting

    def recall(self, packet: bytes) -> bytes | None:
        """The answer to all of a packet, if there is one; then the session is as if it had given it."""
        if not self.is_idle:
            return None
        key = (self._number, packet) if packet[0] == _QUERY else self._key(packet)
        answer = self._answers.find(key, self._committer.catalog)
        if answer is None:
            return None if key is None else self._answer_quickly(key, packet)
        if answer.unnamed is not None:
            self._workspace.statements[""] = answer.unnamed
        elif packet[0] == _QUERY:
            self._workspace.drop_unnamed()
        self._activity.answer_again(answer.text)
        self._meter.repeat(answer.kinds)
        return answer.data

    def _answer_quickly(self, key: Hashable, packet: bytes) -> bytes | None:
        """An answer of which none is kept; kept from now on if somebody asked for it lately."""
        if not self._answers.keeps_any:
            return None
        began = perf_counter()
        if packet[0] == _QUERY:
            found = self._describer.answer(packet) or self._selects.answer(packet)
        else:
            found = self._batches.answer(packet)
        if found is None:
            return None
        if packet[0] == _QUERY:
            self._workspace.drop_unnamed()
        self._activity.answer_again(found.text)
        if not self._answers.is_first(key) and (basis := found.find_basis()) is not None:
            revision = self._committer.catalog.revision
            unnamed, named = (found.prepared, None) if packet[0] == _PARSE else (None, found.prepared)
            answer = Answer(found.data, found.text, (found.kind,), (basis,), revision, unnamed, named)
            self._answers.keep(key, packet, answer)
        self._meter.missed += 1
        self._meter.count_statement(found.kind)
        self._meter.durations.add(perf_counter() - began)
        return found.data

    def record(self, packet: bytes | None) -> None:
        """Record what is sent for a packet; None, or what could not be given as one answer, spoils a recording."""
        key = None if packet is None or not self.is_idle else self._key(packet)
        if packet is None or key is None:
            self.spoil()
            return
        self._meter.missed += 1
        if packet[0] == _BIND and self._answers.is_first(key):
            # Its statement is one session's own, and most are run once: none but that session can ask for it again.
            self.spoil()
            return
        prepared = self._find_prepared(packet) if packet[0] == _BIND else None
        self._recording = _Recording(key, packet, self._committer.catalog.revision, self._parameters.state, prepared)
        self._output.recorded = self._recording.sent

    def _key(self, packet: bytes) -> Hashable:
        """What the answer is kept under; None for what is not kept."""
        kind = packet[0]
        if kind == _QUERY:
            return self._number, packet
        if packet[_BODY : _BODY + 1] != b"\0":
            return None
        if kind == _PARSE:
            return self._number, packet
        if kind == _BIND and (prepared := self._find_prepared(packet)) is not None:
            # The same text may have been read, and typed, in another way by another session.
            return self._number, packet, id(prepared)
        return None

    def spoil(self) -> None:
        """What is going on would not be the same a second time."""
        self._recording = self._output.recorded = None

    def pass_over(self) -> None:
        """A packet is worked on whose answer is not kept."""
        self._meter.missed += 1
        self.leave()

    def leave(self) -> None:
        """The session is no longer idle, until it says that it is ready, and what it answers is not kept."""
        self._idle = False
        self.spoil()

    def begin(self, message: FrontendMessage) -> None:
        """A message is worked on."""
        self._idle = False
        if self._recording is not None and not self._repeats(message, self._recording.prepared):
            self.spoil()

    @staticmethod
    def _repeats(message: FrontendMessage, prepared: PreparedStatement | None) -> bool:
        """Whether it means the same in every session that knows `prepared` by the same name, and leaves nothing."""
        name = "" if prepared is None else prepared.name
        match message:
            case Query() | Sync():
                return True
            case Parse():
                return prepared is None and not message.name
            case Bind():
                return not message.portal and message.statement == name
            case Describe():
                return message.name == (name if message.kind == STATEMENT else "")
            case Execute():
                return not message.portal and message.max_rows <= 0
            case _:
                return False

    def add(self, text: str, kind: str, result: Result) -> None:
        """A statement has been run; `kind` is the name of its class."""
        recording = self._recording
        if recording is None:
            return
        if result.basis is None or result.notices or self._control.status != "I":
            self.spoil()
        else:
            recording.texts.append(text)
            recording.kinds.append(kind)
            recording.bases.append(result.basis)

    def end(self, *, in_transaction: bool) -> None:
        """The session waits for its client's next packet."""
        self._idle = not in_transaction
        recording, recorded = self._recording, self._output.recorded
        self.spoil()
        state, known = self._parameters.surroundings
        whole = recording is not None and recorded is recording.sent and not self._backend.waiting
        if recording is not None and whole and self._idle and recording.texts and recording.state is state:
            self._keep(recording)
        control = self._control
        if self._idle and (self._number_for[0] is not state or self._number_for[1:] != (known, control.project)):
            self._number = self._answers.number((control.principal, control.project, self._parameters.values))
            self._number_for = state, known, control.project

    def _keep(self, recording: _Recording) -> None:
        parsed = recording.packet[0] == _PARSE
        answer = Answer(
            data=b"".join(recording.sent),
            text=recording.texts[-1],
            kinds=tuple(recording.kinds),
            bases=tuple(recording.bases),
            revision=recording.revision,
            unnamed=self._workspace.statements.get("") if parsed else None,
            prepared=recording.prepared,
        )
        self._answers.keep(recording.key, recording.packet, answer)

    def _find_prepared(self, packet: bytes) -> PreparedStatement | None:
        """The statement that a Bind of the unnamed portal names."""
        start = _BODY + 1
        name = packet[start : packet.find(b"\0", start)]
        return self._workspace.statements.get(name.decode("latin-1")) if name.isascii() else None
