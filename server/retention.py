"""How long the server keeps what is no longer current."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Retention:
    """In days.

    Attributes:
        history_days: for how long the history can be read; 0 for ever.
        recycle_days: for how long a dropped model can be brought back; 0 for not at all.
    """

    history_days: int = 90
    recycle_days: int = 7


DEFAULT_RETENTION: Final = Retention()
