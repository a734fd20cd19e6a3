"""docs/AUTHORSHIP.md is what the rules say now."""

from schemas.rules.matrix.table import MATRIX
from tests.support.authorship_page import PAGE, PARTS, page


def test_the_page_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.support.authorship_page"


def test_the_page_has_a_part_for_every_row():
    assert [subject for part in PARTS.values() for subject in part] == list(MATRIX)


def test_the_page_is_the_same_whenever_it_is_made():
    assert page() == page()
