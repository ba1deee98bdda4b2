"""Reads a statement on a model that has the form of one read before: the same words around other names and strings.

Registries are fed by scripts: the same ADD VERSION comes again and again, with another name here and another string
there. The *form* of a text is what is left when these are cut out, and which of them were strings. A form that comes a
second time is kept together with the statement that the text said, and the next text of that form is that statement
with its own names and strings put in: a fifth of what reading it costs.

Why this is right: what is cut out are strings without quotes and backslashes inside, and words with a digit in them,
which no keyword has; so no step of the descent can depend on them. A form is kept only if each piece that was cut out
has become one name or one literal of the statement, in its place, and nothing else of the statement is a literal that
could be a secret; so a form holds no secret either. Comments, other quotes and characters beyond ASCII are left to the
descent.

The places in such a statement are those of the text that the form was learned from; `Places` finds the real ones, which
only errors and notices ask for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Final, NamedTuple, cast

from server.dialect.canonical import format_statement
from server.dialect.places import Places
from server.statements import Identifier, InputColumn, Literal, ModelChange, Option, Statement
from server.statements.models import SECRET_OPTIONS

# Where names are folded and strings have MaxCompute's escapes, whatever is set.
_HEAD: Final = re.compile(r"\s*+(?:alter|create|desc|describe|drop)\s++model\b", re.IGNORECASE)
_PIECE: Final = re.compile(r"('[^'\\]*+'|\b[A-Za-z_]++\d\w*+)")
# What makes the pieces doubtful, or the text more than words, names and strings; as `_STRANGE` in templates.py begins
# with the characters that it may begin with.
_DOUBTFUL: Final = re.compile(r"""["'`\\$/-](?:(?<=["'`\\$])|(?<=-)-|(?<=/)\*)""")
# Between the parts of a form; no statement has one.
_CUT: Final = "\0"
_LONGEST: Final = 4096
_MOST: Final = 512
_MOST_SEEN: Final = 4096

_Make = Callable[[Sequence[str]], object]
# A canonical text with its secrets masked: what is the same in each of a form, and the numbers of the pieces between.
_Masked = tuple[tuple[str, ...], tuple[int, ...]]
# What canonical text does not write as it was read, of what a piece may hold.
_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"]')
# Stands for a piece while a form is learned. Such a word is itself a piece, but not as the rest of one that begins with
# a digit: of a form that has that nothing is learned.
_MARK: Final = re.compile(r"'?zq([0-9]+)zq'?", re.IGNORECASE)


class Form(NamedTuple):
    """What is known of a form: how to make its statement, and where the pieces were in the text it was learned from.

    Attributes:
        make: from the pieces of a text.
        start: where the statement begins in each text of the form.
        cuts: of each piece, where it began in the statement, and how long it was.
        masked: how a change of a model is written back.
    """

    make: _Make
    start: int
    cuts: tuple[tuple[int, int], ...]
    masked: _Masked | None


class Cut(NamedTuple):
    """A text of which the form may be known: the form, and the pieces that were cut out."""

    key: str
    parts: list[str]

    @property
    def pieces(self) -> list[str]:
        return self.parts[1::2]


_FORMS: Final[dict[str, Form]] = {}
# The hashes of forms that came once. Most texts come no second time, and learning a form costs something.
_SEEN: Final[dict[int, None]] = {}


def cut(text: str) -> Cut | None:
    """Take names and strings out of a text; None for one that is to be read word by word."""
    if len(text) > _LONGEST or _HEAD.match(text) is None or not text.isascii() or _CUT in text:
        return None
    parts = _PIECE.split(text)
    rest = _CUT.join(parts[::2])
    if _DOUBTFUL.search(rest) is not None:
        return None
    # A string does not stand where a name did.
    kinds = "".join(["'" if piece[0] == "'" else "n" for piece in parts[1::2]])
    return Cut(kinds + _CUT + rest, parts)


def read_form(found: Cut) -> tuple[Statement, Places, str | None] | None:
    """The statement of a text whose form is known; of a change also its canonical text, with secrets masked.

    The history keeps that of every change. Writing it takes six times as long as filling it in; None where a piece
    would be written in another way than it was read.
    """
    form = _FORMS.get(found.key)
    if form is None:
        return None
    pieces = found.pieces
    statement = form.make(pieces)
    cuts = tuple([(begin, length, len(piece)) for (begin, length), piece in zip(form.cuts, pieces, strict=True)])
    masked = None if form.masked is None else _fill(form.masked, pieces)
    return cast("Statement", statement), Places(form.start, cuts), masked


def _fill(masked: _Masked, pieces: Sequence[str]) -> str | None:
    fixed, numbers = masked
    filled = [piece if (piece := pieces[number])[0] == "'" else piece.lower() for number in numbers]
    text = "".join([part for pair in zip(fixed, filled, strict=False) for part in pair]) + fixed[-1]
    return text if _ESCAPED.search("".join(filled)) is None else None


def learn_form(found: Cut, statement: Statement, start: int) -> None:
    """Keep the form of a text that said `statement`, if it came before and can be kept.

    Args:
        start: where in the text the statement begins.
    """
    seen = hash(found.key)
    if seen not in _SEEN:
        _forget_some(_SEEN, _MOST_SEEN)
        _SEEN[seen] = None
        return
    form = _make_form(found, statement, start)
    if form is not None:
        _forget_some(_FORMS, _MOST)
        _FORMS[found.key] = form


def _forget_some(kept: "dict[str, Form] | dict[int, None]", most: int) -> None:
    if len(kept) >= most:
        kept.clear()


def _make_form(found: Cut, statement: Statement, start: int) -> Form | None:
    leaves: dict[int, Identifier | Literal] = {}
    for leaf in _find_leaves(statement):
        if leaf.at in leaves:
            return None
        leaves[leaf.at] = leaf
    numbers: dict[int, int] = {}
    cuts: list[tuple[int, int]] = []
    position = -start
    for index, part in enumerate(found.parts):
        if index % 2:
            if leaves.get(position) != _make_leaf(part, position):
                return None
            numbers[position] = len(cuts)
            cuts.append((position, len(part)))
        position += len(part)
    if _keeps_secret(statement, numbers):
        return None
    make = _compile(statement, numbers)
    if make is None:
        return None
    writes = isinstance(statement, ModelChange) and _MARK.search(found.key) is None
    masked = _learn_masked(make, cast("ModelChange", statement), found.pieces) if writes else None
    return Form(make, start, tuple(cuts), masked)


def _learn_masked(make: _Make, statement: ModelChange, pieces: Sequence[str]) -> _Masked | None:
    """How such statements are written, learned from one with marks for its pieces; None where that is not all."""
    marks = [f"'zq{number}zq'" if piece[0] == "'" else f"zq{number}zq" for number, piece in enumerate(pieces)]
    parts = _MARK.split(format_statement(cast("ModelChange", make(marks)), mask_secrets=True))
    masked = tuple(parts[::2]), tuple(map(int, parts[1::2]))
    return masked if _fill(masked, pieces) == format_statement(statement, mask_secrets=True) else None


def _make_leaf(piece: str, at: int) -> Identifier | Literal:
    return Literal(piece[1:-1], at) if piece[0] == "'" else Identifier(piece.lower(), at)


def _find_leaves(node: object) -> Iterator[Identifier | Literal]:
    if isinstance(node, Identifier | Literal):
        yield node
    else:
        for child in _children(node):
            yield from _find_leaves(child)


def _keeps_secret(node: object, numbers: dict[int, int]) -> bool:
    if isinstance(node, Option):
        return _is_secret(node) and node.value.at not in numbers
    return any(_keeps_secret(child, numbers) for child in _children(node))


def _is_secret(option: Option) -> bool:
    """Whether the value is a secret, or would be if the key were written right."""
    return any(key in option.key for key in SECRET_OPTIONS)


def _children(node: object) -> Sequence[object]:
    if isinstance(node, tuple):
        return node
    if is_dataclass(node):
        return [getattr(node, field.name) for field in fields(node)]
    return ()


def _compile(node: object, numbers: dict[int, int]) -> _Make | None:
    """What makes the node from the pieces; None for one that is the same in each text."""
    if isinstance(node, Identifier | Literal):
        number = numbers.get(node.at)
        return None if number is None else _compile_leaf(node, number)
    children = _children(node)
    makes = [_compile(child, numbers) for child in children]
    if not any(makes):
        return None
    # What is made anew must not be kept: it may be a secret.
    parts = [(None if make else child, make) for child, make in zip(children, makes, strict=True)]
    if isinstance(node, tuple):
        return lambda pieces: tuple([make(pieces) if make else child for child, make in parts])
    kind = type(node)

    def make_node(pieces: Sequence[str]) -> object:
        return kind(*[make(pieces) if make else child for child, make in parts])

    if isinstance(node, InputColumn) or (isinstance(node, Option) and not _is_secret(node)):
        own = [numbers[leaf.at] for leaf in _find_leaves(node) if leaf.at in numbers]
        return _Kept(make_node, own).make
    return make_node


class _Kept:
    """Makes the same node again as long as its own pieces are the same: from one statement to the next most are.

    So it keeps the last ones. No secret is among them, nor what stands under a key that is nearly that of a secret.
    """

    __slots__ = ("_last", "_make", "_own")

    def __init__(self, make: _Make, own: Sequence[int]) -> None:
        self._make = make
        self._own = own
        # The pieces and the node in one: whoever reads in another thread finds both or neither.
        self._last: tuple[list[str], object] = ([], None)

    def make(self, pieces: Sequence[str]) -> object:
        mine = [pieces[number] for number in self._own]
        known, node = self._last
        if mine != known:
            node = self._make(pieces)
            self._last = mine, node
        return node


def _compile_leaf(leaf: Identifier | Literal, number: int) -> _Make:
    at = leaf.at
    if isinstance(leaf, Literal):
        return lambda pieces: Literal(pieces[number][1:-1], at)
    return lambda pieces: Identifier(pieces[number].lower(), at)
