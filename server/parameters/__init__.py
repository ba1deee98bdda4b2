"""Run-time parameters: what SET, SHOW and RESET know, and what a client is told of at start.

`kinds` reads and writes values, `texts` checks those that are texts, `table` has a line for each parameter,
`session` keeps what one session has set. Names, spellings, checks and messages are PostgreSQL 15's; any dotted
name that is not ours is kept as PostgreSQL keeps custom options (MaxCompute scripts set `odps.*` flags).
"""

from server.parameters.kinds import parse_boolean
from server.parameters.session import Beginnings, Parameters, Setting, State
from server.parameters.table import PARAMETERS, POSTGRES_VERSION, Context, RunTimeParameter

__all__ = [
    "PARAMETERS",
    "POSTGRES_VERSION",
    "Beginnings",
    "Context",
    "Parameters",
    "RunTimeParameter",
    "Setting",
    "State",
    "parse_boolean",
]
