"""What a form keeps, and what it does not."""

import gc

import pytest

from server.dialect import format_statement, forms, read
from server.errors import Condition, OdpsError

_SECRET = "a-key-that-nobody-may-find-1"


def test_a_form_is_kept_when_it_comes_a_second_time() -> None:
    texts = [f"ALTER MODEL kept.m{number} SET ALIAS second{number} FOR VERSION v{number}" for number in range(2)]

    read(texts[0])
    assert forms.read_form(_cut(texts[0])) is None
    read(texts[1])
    assert forms.read_form(_cut(texts[0])) is not None


def test_a_form_holds_no_secret_and_no_name() -> None:
    text = f"CREATE MODEL m1 WITH VERSION v1 OPTIONS (TASKS = 'chat', APIKEY = '{_SECRET}') COMMENT 'words'"
    for _ in range(3):
        read(text)

    form = forms._FORMS[_cut(text).key]
    assert not {_SECRET, "words", "m1"} & set(_strings_behind(form))


def test_a_form_whose_secret_would_be_kept_is_not_learned() -> None:
    for _ in range(3):
        read("CREATE MODEL m1 WITH VERSION v1 OPTIONS (APIKEY = 12345)")

    assert forms.read_form(_cut("CREATE MODEL m1 WITH VERSION v1 OPTIONS (APIKEY = 12345)")) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("DROP MODEL swapped.m{}", "DROP MODEL swapped.'m1'"),
        ("ALTER MODEL swapped.m{} CHANGEOWNER TO 'u{}'", "ALTER MODEL swapped.m1 CHANGEOWNER TO user1"),
        ("ALTER MODEL swapped SET COMMENT 'c{}'", "ALTER MODEL swapped SET COMMENT c1"),
    ],
)
def test_a_name_and_a_string_are_not_of_one_form(text: str, wrong: str) -> None:
    for number in range(3):
        read(text.replace("{}", str(number)))

    with pytest.raises(OdpsError) as caught:
        read(wrong)
    assert caught.value.condition is Condition.INVALID_TOKEN_EXPECTING


def test_no_value_is_kept_whose_key_is_nearly_that_of_a_secret() -> None:
    texts = [f"ALTER MODEL m MODIFY VERSION v SET OPTIONS (MY_APIKEY = '{_SECRET}{each}')" for each in range(3)]
    for text in texts:
        read(text)

    assert not [each for each in _strings_behind(forms._FORMS[_cut(texts[0]).key]) if _SECRET in each]


def test_the_canonical_text_of_a_change_is_filled_in_with_its_secret_masked() -> None:
    shape = "alter model M{0} add version V{0} options (APIKEY = '{1}', tasks = 'chat{0}') comment '{2}'"
    for number in range(2):
        read(shape.format(number, _SECRET, number))

    [placed] = read(shape.format(2, _SECRET, 2))
    assert placed.masked == (
        "ALTER MODEL m2 ADD VERSION v2\nWITH OPTIONS (\n    APIKEY = '********',\n    TASKS = 'chat2'\n)\nCOMMENT '2'"
    )
    # Where a string is not written as it was read.
    [placed] = read(shape.format(3, _SECRET, 'says "a"'))
    assert placed.masked is None


def test_what_looks_like_a_mark_of_a_piece_is_written_as_it_is() -> None:
    # A name may begin with a digit, which keeps it from being a piece.
    for number, name in enumerate(("zq0zq", "zq0zq", "other1")):
        [placed] = read(f"ALTER MODEL {name} ADD VERSION 1zQ0zq OPTIONS (TASKS = 'chat{number}')")

        assert placed.masked in (None, format_statement(placed.statement, mask_secrets=True))


def test_forms_are_bounded() -> None:
    for number in range(2 * forms._MOST):
        name = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        for _ in range(2):
            read(f"DESC MODEL {name}.m1")
        assert len(forms._FORMS) <= forms._MOST


def _cut(text: str) -> forms.Cut:
    found = forms.cut(text)
    assert found is not None
    return found


def _strings_behind(root: object) -> list[str]:
    """Every string that the object leads to, but for those of modules and classes."""
    found: list[str] = []
    waiting, known = [root], set[int]()
    while waiting:
        each = waiting.pop()
        if id(each) in known or isinstance(each, type):
            continue
        known.add(id(each))
        if isinstance(each, str):
            found.append(each)
        waiting += [
            other for other in gc.get_referents(each) if not isinstance(other, dict) and not hasattr(other, "co_code")
        ]
    return found
