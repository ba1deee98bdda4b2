"""Statements with a fault: a word left out, doubled, swapped with another or put in from elsewhere."""

import random
import re
from collections.abc import Sequence
from typing import Final

# Strings, quoted names, numbers, words, casts, and any other character by itself.
_WORDS: Final = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|\d+(?:\.\d+)?|\w+|::|<>|<=|>=|\|\||\s+|.", re.DOTALL)


def random_mutation(dice: random.Random, texts: Sequence[str]) -> str:
    """One of the texts, changed in one to three places; mostly so that it can still be read."""
    words = _WORDS.findall(dice.choice(texts).strip())
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        places = [at for at, word in enumerate(words) if not word.isspace()]
        if not places:
            break
        at = dice.choice(places)
        match dice.choice(("drop", "double", "swap", "insert", *["replace"] * 8)):
            case "drop":
                del words[at]
            case "double":
                words[at:at] = [words[at], " "]
            case "swap":
                other = dice.choice(places)
                words[at], words[other] = words[other], words[at]
            case "insert":
                words[at:at] = [_other_word(dice, texts, ""), " "]
            case _:
                words[at] = _other_word(dice, texts, words[at])
    return "".join(words).strip()


def _other_word(dice: random.Random, texts: Sequence[str], like: str) -> str:
    """A word of another text; of the same kind as this one, where there is one."""
    words: list[str] = [word for word in _WORDS.findall(dice.choice(texts)) if not word.isspace()]
    alike = [word for word in words if like and _kind(word) == _kind(like)]
    return dice.choice(alike or words or ["x"])


def _kind(word: str) -> str:
    first = word[0]
    if first.isalpha() or first in '_"':
        return "name"
    return first if first in "'(),.;[]" else "number" if first.isdigit() else "operator"
