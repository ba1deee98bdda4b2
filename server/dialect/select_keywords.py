"""PostgreSQL 15's keywords by what they may name; the answer of its `pg_get_keywords()`.

Source: PostgreSQL manual, appendix "SQL Key Words"; gram.y, the lists at its end. A keyword that is in none of the
lists is unreserved and may be any name.
"""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COLUMN: Final = _words(
    """
        between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping
        inout int integer interval least national nchar none normalize nullif numeric out overlay position
        precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes
        xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """
)
"""Keywords that may name a column or table, and no function or type."""

_FUNCTION: Final = _words(
    """
        authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull
        join left like natural notnull outer overlaps right similar tablesample verbose
    """
)
"""Keywords that may name a function or type, and no column or table."""

_RESERVED: Final = _words(
    """
        all analyse analyze and any array as asc asymmetric both case cast check collate column constraint
        create current_catalog current_date current_role current_time current_timestamp current_user default
        deferrable desc distinct do else end except false fetch for foreign from grant group having in
        initially intersect into lateral leading limit localtime localtimestamp not null offset on only or
        order placing primary references returning select session_user some symmetric table then to trailing
        true union unique user using variadic when where window with
    """
)

NO_COLUMN: Final = _FUNCTION | _RESERVED
"""Words that are no ColId: neither a column, a table nor an alias."""

NO_FUNCTION: Final = _COLUMN | _RESERVED
"""Words that are no type_function_name."""

NO_BARE_LABEL: Final = _words(
    """
        array as char character create day except fetch filter for from grant group having hour intersect into
        isnull limit minute month notnull offset on order over overlaps precision returning second to union
        varying where window with within without year
    """
)
"""Words that name an output column only after AS."""
