"""What statements are made of: names, literals, parameters, types."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name as the statement gives it: unquoted and folded to lower case."""

    name: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class ObjectName:
    """One to three identifiers: `m`, `schema.m`, `project.m` or `project.schema.m`."""

    parts: tuple[Identifier, ...]

    @property
    def at(self) -> int:
        return self.parts[0].at

    def __str__(self) -> str:
        return ".".join(part.name for part in self.parts)


@dataclass(frozen=True, slots=True)
class Literal:
    """A string or number literal; `value` is the text it stands for, escapes resolved.

    It may be a secret, so its repr does not show it.
    """

    value: str = field(repr=False)
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """`$number` in a prepared statement, where a literal may stand; numbers count from 1."""

    number: int
    at: int = field(default=0, compare=False)


Value = Literal | Parameter


@dataclass(frozen=True, slots=True)
class DataType:
    """A MaxCompute type as written: `name` is upper case, for example `DECIMAL` or `ARRAY`.

    Attributes:
        arguments: the numbers in parentheses, `(38, 18)`; empty when there are none.
        elements: the types in angle brackets of ARRAY and MAP, or of the fields of STRUCT.
        field_names: the names of STRUCT's fields, as many as `elements`; empty for other types.
    """

    name: str
    arguments: tuple[int, ...] = ()
    elements: tuple["DataType", ...] = ()
    field_names: tuple[Identifier, ...] = ()
    at: int = field(default=0, compare=False)
