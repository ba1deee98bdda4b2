"""Random numbers and UUIDs.

Source: PostgreSQL manual, "Random Functions", "UUID Functions".
"""

import math
from uuid import UUID, uuid4

from server.query.functions.registry import function
from server.query.functions.value_errors import invalid_parameter
from server.query.runtime import Runtime


@function("random", runtime=True)
def random(runtime: Runtime) -> float:
    return runtime.belongings.random_numbers.next()


@function("setseed", runtime=True)
def setseed(runtime: Runtime, where: float) -> str:
    """The numbers of the session from here on."""
    if not -1 <= where <= 1:
        shown = "NaN" if math.isnan(where) else f"{where:g}"
        raise invalid_parameter(f"setseed parameter {shown} is out of allowed range [-1,1]")
    runtime.belongings.random_numbers.seed(where)
    return ""


@function("gen_random_uuid")
def gen_random_uuid() -> UUID:
    return uuid4()
