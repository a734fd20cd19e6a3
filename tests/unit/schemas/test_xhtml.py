"""Narratives: R4's txt-1 and txt-2, and nothing that acts or fetches."""

import pytest

from schemas.fhir.xhtml import narrative_problem


def _div(inside: str) -> str:
    return f'<div xmlns="http://www.w3.org/1999/xhtml">{inside}</div>'


@pytest.mark.parametrize(
    "inside",
    [
        "text",
        "<p>a<br/>b</p><ul><li>c &amp; d &#233;</li></ul>",
        '<table class="t" border="1"><tr><td colspan="2" style="color: red">x</td></tr></table>',
        '<a href="#x">x</a><a href="Patient/1">x</a><a href="https://example.org/">x</a>',
        '<a name="x">x</a><a href="mailto:a@example.org">x</a>',
        '<img src="#photo" alt="x"/>',
        '<img src="data:image/png;base64,AAAA"/>',
        '<p xml:lang="uk" lang="uk" dir="ltr">Ще</p>',
        "<!-- a comment -->x",
    ],
)
def test_formatting_is_allowed(inside: str) -> None:
    assert narrative_problem(_div(inside)) is None


@pytest.mark.parametrize(
    ("inside", "problem"),
    [
        ("<script>x</script>", "element"),
        ("<iframe/>", "element"),
        ("<form><input/></form>", "element"),
        ("<object>x</object>", "element"),
        ("<link href='x'/>x", "element"),
        ("<style>x</style>", "element"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>x', "namespace"),
        ('<p onclick="x()">x</p>', "attribute"),
        ('<p ONCLICK="x()">x</p>', "attribute"),
        ('<p xmlns:y="urn:y" y:z="1">x</p>', "attribute"),
        ('<a href="javascript:x()">x</a>', "link"),
        ('<a href=" java\nscript:x()">x</a>', "link"),
        ('<a href="&#106;avascript:x()">x</a>', "link"),
        ('<a href="DATA:text/html,x">x</a>', "link"),
        ('<img src="https://example.org/beacon.png"/>', "image"),
        ('<img src="//example.org/beacon.png"/>', "image"),
        ('<img src="data:image/svg+xml,x"/>', "image"),
        ('<p style="background: url(//example.org)">x</p>', "style"),
        ('<p style="background: u\\72l(//example.org)">x</p>', "style"),
        ("<?php x ?>x", "instruction"),
        ("<p>x", "well-formed"),
        ("a & b", "well-formed"),
        ("&nbsp;", "well-formed"),
        ("\ud800", "well-formed"),
        ("", "says nothing"),
        (" <p> \n </p>", "says nothing"),
    ],
)
def test_what_acts_or_fetches_is_refused(inside: str, problem: str) -> None:
    assert problem in str(narrative_problem(_div(inside)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "<div>x</div>",
        '<p xmlns="http://www.w3.org/1999/xhtml">x</p>',
        '<!DOCTYPE div [<!ENTITY a "aaaa">]><div xmlns="http://www.w3.org/1999/xhtml">&a;</div>',
        _div("x") + _div("x"),
    ],
)
def test_anything_but_one_xhtml_div_is_refused(text: str) -> None:
    assert narrative_problem(text)


def test_problems_never_quote() -> None:
    for inside in ("<Olena/>", '<p Olena="1">x</p>', "<p>Olena", '<a href="olena:x">x</a>'):
        assert "lena" not in str(narrative_problem(_div(inside)))
