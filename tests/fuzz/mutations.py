"""Valid inputs made wrong in the ways that matter: word by word for texts, byte by byte for the rest."""

import random
import re
from collections.abc import Sequence
from typing import Final

_TOKEN: Final = re.compile(r"\s+|\w+|'(?:[^'\\]|\\.)*'|.", re.DOTALL)
_MARKS: Final = (
    "'",
    '"',
    "`",
    "$$",
    "--",
    "/*",
    "*/",
    "\\",
    ";",
    "(",
    ")",
    "\0",
    "1e400",
    "-",
    "$1",
    "::",
    "é",
    "模",
    "E'",
)
_LONGEST: Final = 4096


def mutate_text(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Drop, double, swap, replace words, or take some of another text's."""
    words = _TOKEN.findall(data.decode("utf-8", "replace"))
    for _ in range(chance.randint(1, 4)):
        others = _TOKEN.findall(chance.choice(seeds).decode("utf-8", "replace"))
        start = chance.randint(0, len(words))
        end = min(len(words), start + chance.randint(0, 6))
        match chance.randint(0, 5):
            case 0:
                del words[start:end]
            case 1:
                words[start:start] = words[start:end] * chance.randint(1, 3)
            case 2:
                words[start:end] = reversed(words[start:end])
            case 3:
                words[start:end] = [chance.choice(_MARKS)]
            case 4 if others:
                words[start:end] = [chance.choice(others)]
            case _:
                cut = chance.randint(0, len(others))
                words[start:end] = others[cut : cut + chance.randint(1, 12)]
    return "".join(words).encode("utf-8", "replace")[:_LONGEST]


def mutate_bytes(data: bytes, seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Flip, drop and insert bytes, or put another input behind."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(changed))
        match chance.randint(0, 4):
            case 0:
                changed[at : at + 1] = bytes([chance.randint(0, 255)])
            case 1:
                del changed[at : at + chance.randint(1, 8)]
            case 2:
                changed[at:at] = chance.randbytes(chance.randint(1, 8))
            case 3:
                changed[at:at] = chance.choice(seeds)
            case _:
                changed += chance.choice(seeds)
    return bytes(changed[: 4 * _LONGEST])
