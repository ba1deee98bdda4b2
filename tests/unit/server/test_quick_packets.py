"""What the short ways from a packet to its answer have in common."""

from collections.abc import Sequence

from server.quick_packets import LONGEST_ANSWER, RowForm, end_of_rows


def test_rows_stand_between_what_comes_before_them_and_their_end() -> None:
    form = RowForm((), b"T", lambda rows: [b"D%d" % len(row) for row in rows])

    assert form.answer([(), (None,)], before=b"2") == b"2TD0D1" + end_of_rows(2)
    assert form.answer([], described=False) == end_of_rows(0)


def test_of_an_answer_that_is_too_long_no_more_is_written_than_shows_it() -> None:
    written: list[object] = []

    def encode(rows: Sequence[Sequence[object]]) -> list[bytes]:
        written.extend(rows)
        return [bytes(LONGEST_ANSWER // 2) for _ in rows]

    assert RowForm((), b"T", encode).answer([()] * 100) is None
    assert len(written) == 2
