"""What binding a statement needs besides its text: the session, what it can see, and its parameters."""

from collections.abc import Callable
from dataclasses import dataclass, field

from protocol.codec import ValueSettings
from protocol.types import UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query.bound import Query
from server.query.relations.interface import Database, Relation
from server.query.runtime import SessionView
from server.statements.select import QueryExpression

# PostgreSQL numbers parameters up to MaxAllocSize / 4; the protocol counts them in 16 bits.
_MOST_PARAMETERS = 65_535


BoundViews = dict[Oid, tuple[Relation, Query]]


@dataclass(slots=True)
class BindingContext:
    """The surroundings of one statement, shared by all its queries.

    Attributes:
        find_reference: the OID behind a name of regclass and its kin, None when there is no such object.
        parameter_types: of `$1`, `$2` .., 0 where Parse did not say; filled in as they are inferred. An entry is 705
            (unknown) between a parameter's being seen and its type's being known.
        parse_view: reads the definition of a view.
        views: the bound definitions of views, by OID; may be shared by all statements of the process.
    """

    database: Database
    session: SessionView
    settings: ValueSettings
    find_reference: Callable[[Oid, str], int | None]
    parse_view: Callable[[str], QueryExpression]
    parameter_types: list[Oid] = field(default_factory=list)
    views: BoundViews = field(default_factory=dict)

    def see_parameter(self, number: int, at: int) -> Oid:
        """The type of `$number` as far as it is known, UNKNOWN when it is not.

        Source: PostgreSQL 15, variable_paramref_hook.
        """
        if not 0 < number <= _MOST_PARAMETERS:
            raise OdpsError(Condition.NO_PARAMETER, number=number, at=at)
        missing = number - len(self.parameter_types)
        if missing > 0:
            self.parameter_types.extend([Oid(0)] * missing)
        known = self.parameter_types[number - 1]
        if known == 0:
            self.parameter_types[number - 1] = known = UNKNOWN
        return known
