"""The modes of a transaction: its isolation level, whether it may write, whether it may be deferred.

They are run-time parameters that hold until the transaction's end, however they are set, and until when they
may be set depends on what the transaction has done.

Source: PostgreSQL manual, SET TRANSACTION; the checks of its variable.c.
"""

from collections.abc import Mapping
from typing import Final

from server.errors import Condition, OdpsError
from server.parameters import Parameters
from server.statements import TransactionModes
from server.transaction import Transaction

_ISOLATION: Final = "transaction_isolation"
_READ_ONLY: Final = "transaction_read_only"
_DEFERRABLE: Final = "transaction_deferrable"
MODES: Final = (_ISOLATION, _READ_ONLY, _DEFERRABLE)
_DEFAULTS: Final = tuple(f"default_{name}" for name in MODES)

# What is said to whom sets it after a query, or after a savepoint.
_LATE: Final[Mapping[str, Condition]] = {
    _ISOLATION: Condition.ISOLATION_LATE,
    _READ_ONLY: Condition.READ_WRITE_LATE,
    _DEFERRABLE: Condition.DEFERRABLE_LATE,
}
_NESTED: Final[Mapping[str, Condition]] = {
    _ISOLATION: Condition.ISOLATION_NESTED,
    _READ_ONLY: Condition.READ_WRITE_NESTED,
    _DEFERRABLE: Condition.DEFERRABLE_NESTED,
}


def list_values(modes: TransactionModes) -> list[tuple[str, str]]:
    """(run-time parameter, value) of each mode that is given."""
    values = ((_ISOLATION, modes.isolation), (_READ_ONLY, modes.read_only), (_DEFERRABLE, modes.deferrable))
    return [(name, str(value).lower()) for name, value in values if value is not None]


def list_modes(parameters: Parameters) -> list[tuple[str, str]]:
    """(run-time parameter, value) of each mode that is in force."""
    return [(name, parameters.get(name)) for name in MODES]


def hold_modes(parameters: Parameters, transaction: Transaction | None, name: str | None) -> None:
    """Before the run-time parameter `name`, or each, is set: a transaction under way keeps the modes it began with.

    One that BEGIN began holds them from then on; the one around the statements of a text follows the defaults until
    one of them is set within it.
    """
    if transaction is not None and transaction.implicit and (name is None or name.lower() in _DEFAULTS):
        for mode, value in list_modes(parameters):
            parameters.set(mode, value, local=True)


def set_mode(parameters: Parameters, transaction: Transaction | None, name: str, value: str) -> None:
    """Set one of them until the end of the transaction.

    Raises:
        OdpsError: it is too late for that, or a savepoint stands in the way.
    """
    before, state = parameters.get(name), parameters.state
    parameters.set(name, value, local=True)
    after = parameters.get(name)
    # A transaction may become read-only at any time, but not writable again.
    free = name != _DEFERRABLE and (after == before or (name, after) == (_READ_ONLY, "on"))
    if transaction is None or free or not (transaction.used or transaction.has_savepoints):
        return
    parameters.state = state
    nested = transaction.has_savepoints and (name != _ISOLATION or not transaction.used)
    raise OdpsError((_NESTED if nested else _LATE)[name])
