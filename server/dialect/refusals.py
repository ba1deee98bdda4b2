"""Says what is wrong with a text that no statement of this server begins like.

What is SQL elsewhere is refused by its name, without reading further; anything else is an invalid token.
"""

import re
from typing import Final

from server.dialect.lexical import UNTERMINATED, Rule, Word, find_piece, skip_blank, unterminated
from server.errors import Condition, OdpsError

# Verbs of PostgreSQL and MaxCompute that are no statement of this server.
_FOREIGN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        ADD ALTER ANALYZE CALL CLONE CLUSTER COMMENT CREATE DELETE DO DROP EXPORT FROM IMPORT INSERT
        KILL LIST LOAD LOCK MERGE MSCK PURGE READ REASSIGN REFRESH REINDEX REMOVE REPLACE RESTORE SECURITY
        TRUNCATE UNDO UNLOAD UPDATE VACUUM
        """,
    )
)
# Of these the error also names the kind of object.
_OBJECT_VERBS: Final = frozenset({"ALTER", "CREATE", "DROP"})
_MODIFIERS: Final = frozenset({"OR", "REPLACE", "TEMP", "TEMPORARY", "UNIQUE", "UNLOGGED", "EXTERNAL"})
_OBJECT_KINDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        ACCESS AGGREGATE CAST COLLATION CONVERSION DATABASE DEFAULT DOMAIN EVENT EXTENSION FOREIGN FUNCTION GROUP
        INDEX LANGUAGE MATERIALIZED MODEL OPERATOR OWNED PACKAGE POLICY PROCEDURE PROJECT PUBLICATION RESOURCE ROLE
        ROUTINE RULE SCHEMA SEQUENCE SERVER STATISTICS SUBSCRIPTION SYSTEM TABLE TABLESPACE TEXT TRANSFORM TRIGGER
        TYPE USER VIEW VOLUME
        """,
    )
)


def refusal(text: str, words: list[Word]) -> OdpsError:
    """The error for `text`, which begins with `words`: the first few, or none when it begins otherwise."""
    if not words:
        return _not_a_word(text, skip_blank(text, 0))
    verb = words[0].text.upper()
    at = words[0].start
    if verb == "START":
        return _invalid(text, words, "'TRANSACTION'")
    if verb not in _FOREIGN:
        return OdpsError(Condition.INVALID_TOKEN, at=at, token=words[0].text[:64])
    if verb not in _OBJECT_VERBS:
        return OdpsError(Condition.NOT_SUPPORTED, at=at, statement=verb)
    return _object_refusal(text, words)


def _object_refusal(text: str, words: list[Word]) -> OdpsError:
    """CREATE, ALTER or DROP of something."""
    verb = words[0].text.upper()
    kinds = [word.text.upper() for word in words[1:] if word.text.upper() not in _MODIFIERS]
    if not kinds or kinds[0] not in _OBJECT_KINDS:
        return _invalid(
            text, words, "one of 'MODEL','USER'" if verb == "ALTER" else "one of 'MODEL','SCHEMA','DATABASE','USER'"
        )
    replaces = " OR REPLACE" if words[1].text.upper() == "OR" else ""
    return OdpsError(Condition.NOT_SUPPORTED, at=words[0].start, statement=f"{verb}{replaces} {kinds[0]}")


def _invalid(text: str, words: list[Word], expected: str) -> OdpsError:
    """The word after the first is not one of those it goes with."""
    at = skip_blank(text, words[0].end)
    token = words[1].text[:64] if len(words) > 1 else _shown(text, at)
    return OdpsError(Condition.INVALID_TOKEN_EXPECTING, at=at, token=token, expected=expected)


def _not_a_word(text: str, at: int) -> OdpsError:
    piece = find_piece(text, at, Rule.POSTGRES)
    if piece is not None and piece.start == at and piece.kind in UNTERMINATED:
        return unterminated(piece)
    return OdpsError(Condition.INVALID_TOKEN, at=at, token=_shown(text, at))


def _shown(text: str, at: int) -> str:
    if at >= len(text):
        return "<EOF>"
    return "<string>" if text[at] in "'\"$" else text[at]
