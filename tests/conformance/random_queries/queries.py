"""Whole SELECTs at random: joins, subqueries, groups, windows, set operations, CTEs over a few small tables.

The tables are VALUES, so that both servers have the same; rows come in an order only where they are cut.
"""

import random
from typing import Final

from tests.conformance.random_queries.expressions import BOOL, INT, TYPES, Column, Expressions

_TABLES: Final = {
    "people": (
        "(VALUES (1, 'a', 10.5, date '2020-01-31', true), (2, 'b', NULL, date '2020-02-29', false), (3, NULL, -1.25,"
        " date '1999-12-31', NULL), (4, 'ab', 0.0, NULL, true), (2, 'b', 7, date '2020-02-29', true))",
        ("id int4", "name text", "score numeric", "born date", "ok bool"),
    ),
    "events": (
        "(VALUES (1, timestamp '2021-01-31 10:00', interval '1 day', 0.5::float8, 5::int8), (2, timestamp '2020-02-29"
        " 23:59:59.5', interval '-2 hours', 2, NULL), (2, NULL, interval '1 mon', NULL, 4294967296), (NULL,"
        " timestamp '1999-12-31', NULL, -1.5, 0))",
        ("person int4", "at timestamp", "took interval", "weight float8", "size int8"),
    ),
    "tags": (
        "(VALUES (array[1, 2], array['a', 'b'], '{\"a\": 1, \"b\": [1, 2]}'::jsonb, 'a'), ('{}', NULL, '[1, null]',"
        " 'b'), (NULL, array['b', NULL], NULL, NULL), (array[2, NULL], '{}', '{\"a\": \"x\"}', ''))",
        ("ids int4[]", "words text[]", "doc jsonb", "name text"),
    ),
}
_JOINS: Final = ("JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "JOIN LATERAL", "LEFT JOIN LATERAL", "CROSS JOIN", ",")
_FRAMES: Final = (
    *("", "", "", " ROWS BETWEEN 1 PRECEDING AND CURRENT ROW", " ROWS UNBOUNDED PRECEDING"),
    *(" RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING", " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING"),
    *(
        " ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
        " ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
    ),
    " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES",
)
_SETS: Final = ("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")


def random_query(dice: random.Random) -> str:
    """The text of one SELECT."""
    return _Maker(dice).statement()


class _Maker:
    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._aliases = 0
        self._named: list[tuple[str, tuple[Column, ...]]] = []

    def statement(self) -> str:
        heads = []
        for number in range(self._dice.choice((0, 0, 0, 1, 2))):
            types = self._types()
            body, _ = self._select(types, (), 1)
            name = f"w{number}"
            kept = self._dice.choice(("", "", "MATERIALIZED ", "NOT MATERIALIZED "))
            heads.append(f"{name} AS {kept}({body})")
            self._named.append((name, tuple(Column(f"c{at}", each) for at, each in enumerate(types))))
        types = self._types()
        if self._dice.random() < 0.15:
            parts = [self._select(types, (), 1)[0] for _ in range(self._dice.randint(2, 3))]
            body = f" {self._dice.choice(_SETS)} ".join(f"({each})" for each in parts)
        else:
            body, _ = self._select(types, (), 2)
        return (f"WITH {', '.join(heads)} " if heads else "") + body + self._cut(len(types))

    def _types(self) -> tuple[str, ...]:
        return tuple(self._dice.choice(TYPES) for _ in range(self._dice.randint(1, 4)))

    def _cut(self, width: int) -> str:
        if self._dice.random() < 0.5:
            return ""
        ways = ("", " DESC", " NULLS FIRST", " DESC NULLS LAST")
        order = ", ".join(f"{at}{self._dice.choice(ways)}" for at in range(1, width + 1))
        limit = self._dice.choice(("", " LIMIT 3", " OFFSET 1", " LIMIT 2 OFFSET 1", " FETCH FIRST 2 ROWS ONLY"))
        return f" ORDER BY {order}{limit}"

    def _select(self, types: tuple[str, ...], outer: tuple[Column, ...], depth: int) -> tuple[str, tuple[Column, ...]]:
        dice = self._dice
        source, columns = self._from(outer, depth)
        scope = (*columns, *outer)
        make = Expressions(dice, scope, lambda wanted: self._scalar(wanted, scope, depth - 1) if depth else "NULL")
        where = f" WHERE {make.make(BOOL)}" if dice.random() < 0.5 else ""
        style = dice.random()
        if style < 0.2:
            return self._grouped(types, make, scope, source, where), columns
        if style < 0.27:
            targets = self._listed([make.aggregate(each) for each in types])
            return f"SELECT {targets} FROM {source}{where}", columns
        if style < 0.42:
            targets = self._listed([self._windowed(make, each, columns) for each in types])
            return f"SELECT {targets} FROM {source}{where}", columns
        targets = self._listed([make.make(each) for each in types])
        kind = dice.choice(("", "", "", "", "DISTINCT ", "ALL "))
        if dice.random() < 0.07:
            keys = ", ".join(make.make(dice.choice(TYPES), 1) for _ in range(dice.randint(1, 2)))
            every = ", ".join(f"{each.name}::text" for each in columns)
            return f"SELECT DISTINCT ON ({keys}) {targets} FROM {source}{where} ORDER BY {keys}, {every}", columns
        return f"SELECT {kind}{targets} FROM {source}{where}", columns

    def _listed(self, targets: list[str]) -> str:
        return ", ".join(f"{each} AS c{at}" for at, each in enumerate(targets))

    def _grouped(
        self, types: tuple[str, ...], make: Expressions, scope: tuple[Column, ...], source: str, where: str
    ) -> str:
        dice = self._dice
        keys = dice.sample(scope, min(len(scope), dice.randint(1, 3)))
        names = [each.name for each in keys]
        over_keys = Expressions(dice, keys)
        targets = []
        for each in types:
            plain = [key.name for key in keys if key.type == each]
            targets.append(dice.choice(plain) if plain and dice.random() < 0.7 else make.aggregate(each))
        form = dice.choice(("{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})", "GROUPING SETS (({}), ())", "DISTINCT {}"))
        having = ""
        if dice.random() < 0.25:
            having = f" HAVING {dice.choice((f'count(*) > {dice.randint(0, 2)}', over_keys.make(BOOL, 1)))}"
            if form not in ("{}", "DISTINCT {}"):
                having = " HAVING count(*) > 0"
        return f"SELECT {self._listed(targets)} FROM {source}{where} GROUP BY {form.format(', '.join(names))}{having}"

    def _windowed(self, make: Expressions, wanted: str, columns: tuple[Column, ...]) -> str:
        call = make.window_call(wanted)
        if call is None or self._dice.random() < 0.3:
            return make.make(wanted)
        some = self._dice.choice(columns).name
        part = f"PARTITION BY {some} " if self._dice.random() < 0.5 else ""
        # Every column, so that no two rows that differ are peers by chance of the order.
        order = ", ".join(f"{each.name}::text" for each in columns)
        frame = "" if "row_number" in call or "ntile" in call else self._dice.choice(_FRAMES)
        return f"{call} OVER ({part}ORDER BY {order}{frame})"

    def _scalar(self, wanted: str, outer: tuple[Column, ...], depth: int) -> str:
        if wanted == BOOL and self._dice.random() < 0.5:
            body, _ = self._select((INT,), outer, max(depth, 0))
            return self._dice.choice(
                (f"EXISTS ({body})", f"NOT EXISTS ({body})", f"3 IN ({body})", f"1 < ALL ({body})")
            )
        source, columns = self._from(outer, 0)
        make = Expressions(self._dice, (*columns, *outer))
        where = f" WHERE {make.make(BOOL, 1)}" if self._dice.random() < 0.6 else ""
        return f"SELECT {Expressions(self._dice, columns).aggregate(wanted)} FROM {source}{where}"

    def _from(self, outer: tuple[Column, ...], depth: int) -> tuple[str, tuple[Column, ...]]:
        dice = self._dice
        source, columns = self._item((), depth)
        for _ in range(dice.choice((0, 0, 1, 1, 2))):
            join = dice.choice(_JOINS)
            item, more = self._item((*columns, *outer) if "LATERAL" in join else (), depth - 1)
            condition = ""
            if join not in ("CROSS JOIN", ","):
                condition = f" ON {self._condition(columns, more, only_equal=join == 'FULL JOIN')}"
            if join == ",":
                join = "CROSS JOIN"
            if "LATERAL" in join and not item.startswith("("):
                join = join.removesuffix(" LATERAL")
            source, columns = f"{source} {join} {item}{condition}", (*columns, *more)
        return source, columns

    def _condition(self, left: tuple[Column, ...], right: tuple[Column, ...], *, only_equal: bool) -> str:
        pairs = [(one.name, other.name) for one in left for other in right if one.type == other.type]
        if pairs and (only_equal or self._dice.random() < 0.7):
            one, other = self._dice.choice(pairs)
            return f"{one} = {other}"
        return "true" if only_equal else Expressions(self._dice, (*left, *right)).make(BOOL, 1)

    def _item(self, outer: tuple[Column, ...], depth: int) -> tuple[str, tuple[Column, ...]]:
        dice = self._dice
        self._aliases += 1
        alias = f"t{self._aliases}"
        way = dice.random()
        if self._named and way < 0.3:
            name, columns = dice.choice(self._named)
            return f"{name} AS {alias}", tuple(Column(f"{alias}.{each.name}", each.type) for each in columns)
        if depth > 0 and way < 0.5:
            types = self._types()
            body, _ = self._select(types, outer, depth - 1)
            columns = tuple(Column(f"{alias}.c{at}", each) for at, each in enumerate(types))
            return f"({body}{self._cut(len(types))}) AS {alias}", columns
        if way < 0.6:
            return f"generate_series(1, {dice.randint(0, 4)}) AS {alias}(n)", (Column(f"{alias}.n", INT),)
        if way < 0.65:
            return f"unnest(array['a', 'b', NULL]) WITH ORDINALITY AS {alias}(e, i)", (
                Column(f"{alias}.e", "text"),
                Column(f"{alias}.i", "int8"),
            )
        values, columns_text = dice.choice([*_TABLES.values()])
        pairs = [each.split() for each in columns_text]
        names = ", ".join(name for name, _ in pairs)
        return f"{values} AS {alias}({names})", tuple(Column(f"{alias}.{name}", kind) for name, kind in pairs)
