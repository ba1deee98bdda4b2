"""Says what is wrong with a text that no statement of this server begins like.

What is SQL elsewhere is refused by its name, without reading further; anything else is an invalid token.
"""

import re
from collections.abc import Mapping
from typing import Final

from server.dialect.cursor import list_words
from server.dialect.lexical import UNTERMINATED, Rule, Word, find_piece, skip_blank, unterminated
from server.errors import Condition, OdpsError

# Verbs of PostgreSQL and MaxCompute that are no statement of this server.
_FOREIGN: Final = frozenset(
    re.findall(
        r"\w+",
        """
        ALLOW ANALYZE CALL CLEAR CLONE CLUSTER COMMENT DELETE DISALLOW DO EXPORT FROM IMPORT INSERT INSTALL
        KILL LOAD LOCK MERGE MSCK READ REASSIGN REFRESH REINDEX REPLACE RESTORE SECURITY SETPROJECT
        TRUNCATE TUNNEL UNDO UNINSTALL UNLOAD UPDATE VACUUM
        """,
    )
)
MOST_WORDS: Final = 7
"""As many words of a text are looked at: CREATE OR REPLACE LOCAL TEMPORARY RECURSIVE VIEW."""

_MODIFIERS: Final = frozenset(
    re.findall(r"\w+", "EXTERNAL GLOBAL LOCAL OR RECURSIVE REPLACE TEMP TEMPORARY UNIQUE UNLOGGED")
)
# What the verbs that begin statements of this server go with elsewhere.
_OBJECT_KINDS: Final = frozenset(
    re.findall(
        r"\w+",
        """
        ACCESS ACCOUNTPROVIDER ACCOUNTPROVIDERS AGGREGATE ARCHIVE CAST COLLATION CONVERSION DATABASE DEFAULT DOMAIN
        EVENT EXTENSION FILE FOREIGN FUNCTION FUNCTIONS GROUP INDEX JAR LANGUAGE MATERIALIZED MODEL OFFLINEMODEL
        OPERATOR OWNED PACKAGE PACKAGES POLICY PRIVILEGES PROCEDURE PROJECT PROJECTS PUBLICATION PY RESOURCE
        RESOURCES ROLE ROUTINE RULE SCHEMA SEQUENCE SERVER STATISTICS SUBSCRIPTION SYSTEM TABLE TABLES TABLESPACE
        TEXT TRANSFORM TRIGGER TRUSTEDPROJECT TRUSTEDPROJECTS TYPE USER VIEW VOLUME
        """,
    )
)


def refusal(text: str, words: list[Word], second_words: Mapping[str, tuple[str, ...]]) -> OdpsError:
    """The error for a text that is no statement.

    Args:
        words: the first few of the text, or none when it begins otherwise.
        second_words: of each word that begins only longer heads, what may follow it.
    """
    if not words:
        return _not_a_word(text, skip_blank(text, 0))
    verb = words[0].text.upper()
    at = words[0].start
    if verb in second_words:
        return _object_refusal(text, words, second_words[verb])
    if verb in _FOREIGN:
        return OdpsError(Condition.NOT_SUPPORTED, at=at, statement=verb)
    return OdpsError(Condition.INVALID_TOKEN, at=at, token=words[0].text[:64])


def _object_refusal(text: str, words: list[Word], expected: tuple[str, ...]) -> OdpsError:
    """CREATE, DROP, LIST ... of something."""
    verb = words[0].text.upper()
    kinds = [word.text.upper() for word in words[1:] if word.text.upper() not in _MODIFIERS]
    if not kinds or kinds[0] not in _OBJECT_KINDS or kinds[0] + "S" in expected:
        return _invalid(text, words, expected)
    replaces = " OR REPLACE" if words[1].text.upper() == "OR" else ""
    return OdpsError(Condition.NOT_SUPPORTED, at=words[0].start, statement=f"{verb}{replaces} {kinds[0]}")


def _invalid(text: str, words: list[Word], expected: tuple[str, ...]) -> OdpsError:
    """The word after the first is not one of those it goes with."""
    at = skip_blank(text, words[0].end)
    token = words[1].text[:64] if len(words) > 1 else _shown(text, at)
    return OdpsError(Condition.INVALID_TOKEN_EXPECTING, at=at, token=token, expected=list_words(expected))


def _not_a_word(text: str, at: int) -> OdpsError:
    piece = find_piece(text, at, Rule.POSTGRES)
    if piece is not None and piece.start == at and piece.kind in UNTERMINATED:
        return unterminated(piece)
    return OdpsError(Condition.INVALID_TOKEN, at=at, token=_shown(text, at))


def _shown(text: str, at: int) -> str:
    if at >= len(text):
        return "<EOF>"
    return "<string>" if text[at] in "'\"$" else text[at]
