"""The form and the token are made from the same terms. PROTOCOL section 6."""

import pytest

from schemas.components.consent import ConsentRecord
from schemas.errors import ComponentError
from services.node.consent_form import ConsentTerms, fill_form, moment
from services.node.errors import InputError
from services.node.scope import ScopeChoice, ScopeItem, scope_lines
from tests.support.node_cases import CODE, FORM

NOW = 1_790_000_000
HERE, THERE = "F-0123456789", "F-ABCDEFGHJK"
SCOPE = ScopeChoice(only=[ScopeItem(component="health", category="general")])


def terms(**changes: object) -> ConsentTerms:
    given: dict[str, object] = {
        "code_number": CODE,
        "recipient": "beta",
        "purpose": "COC",
        "scope": SCOPE,
        "valid_from": None,
        "valid_until": NOW + 60,
        "max_releases": 1,
        "on_revocation": "block",
        "erase_at": None,
    }
    return ConsentTerms(**{**given, **changes})  # type: ignore[arg-type]


def fill(form: dict[str, object], the: ConsentTerms) -> ConsentRecord:
    lines = scope_lines(the.scope, bytes(32))
    record = fill_form(form, the, lines, facility=HERE, to=THERE, now=NOW)
    assert isinstance(record, ConsentRecord)
    return record


def test_terms_are_filled_in() -> None:
    form = fill(FORM, terms()).consent
    assert form is not None
    assert (form.facility, form.recipient, form.purpose) == (HERE, THERE, "COC")
    assert [(line.component, line.category) for line in form.permitted] == [("health", "general")]
    assert (form.on, form.since, form.until) == (moment(NOW), moment(NOW), moment(NOW + 60))


@pytest.mark.parametrize(
    "name", ["status", "purpose", "recipient", "facility", "permitted", "since", "until"]
)
def test_what_the_terms_say_is_not_said_again(name: str) -> None:
    with pytest.raises(InputError, match=f"form.{name}"):
        fill(FORM | {name: "x"}, terms())


def test_withholding_what_is_permitted_is_refused() -> None:
    with pytest.raises(ComponentError):
        fill(FORM | {"withheld": [{"category": "general"}]}, terms())


def test_missing_answers_are_named() -> None:
    with pytest.raises(ComponentError, match="explained_by"):
        fill({name: value for name, value in FORM.items() if name != "explained_by"}, terms())


def test_moments_are_utc() -> None:
    assert moment(0) == "1970-01-01T00:00:00Z"
