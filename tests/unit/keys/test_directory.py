"""From an introduction to keys that may be used, at a time, under a pin. PROTOCOL section 3."""

import pytest

from keys.directory import (
    VerifiedFacility,
    is_current,
    require_fingerprint,
    require_pinned,
    verify_introduction,
)
from keys.errors import CardError, UnpinnedError
from keys.hpke import kem_public
from keys.keycard import fingerprint
from keys.randomness import new_id, new_seed
from keys.signing import SigningPair, new_pair
from schemas.encoding import unb64u
from schemas.wire.hub_api import Introduction
from schemas.wire.statement import SignedStatement
from tests.support.issuer import BEGIN, END, NOW, Issuer

ALPHA = Issuer()
PINS = {ALPHA.code: fingerprint(ALPHA.identity.public)}
KID = ALPHA.manager.key_id


def read(*more: SignedStatement, now: int = NOW) -> VerifiedFacility:
    return require_pinned(ALPHA.introduction(*more), PINS, now)


def test_a_pinned_facility_has_all_its_keys() -> None:
    facility = read()
    assert facility.card.facility == ALPHA.code
    assert facility.kem_public() == kem_public(ALPHA.kem_seed)
    assert [unb64u(one.public) for one in facility.http]
    assert facility.receipt_keys() == (ALPHA.receipt.public,)
    assert facility.staff_keys(KID) == ALPHA.manager.public
    assert facility.require_staff(KID, signed_at=NOW, now=NOW).role == "case-manager"


def test_an_unpinned_facility_is_refused() -> None:
    with pytest.raises(UnpinnedError, match="has not been confirmed"):
        require_pinned(ALPHA.introduction(), {}, NOW)


def test_other_keys_under_a_pinned_code_are_refused() -> None:
    impostor = Issuer(code=ALPHA.code)
    with pytest.raises(UnpinnedError, match="not the one that was confirmed"):
        require_pinned(impostor.introduction(), PINS, NOW)


def test_a_fingerprint_read_out_by_a_person_is_held_against_the_keys() -> None:
    introduction = ALPHA.introduction()
    assert require_fingerprint(introduction, PINS[ALPHA.code], NOW) == read()
    with pytest.raises(UnpinnedError, match="not the one that was confirmed"):
        require_fingerprint(introduction, fingerprint(Issuer().identity.public), NOW)


def test_the_same_ed25519_key_with_another_second_key_is_refused() -> None:
    half = Issuer(code=ALPHA.code, identity=SigningPair(ALPHA.identity.ed_seed, new_seed()))
    with pytest.raises(UnpinnedError, match="not the one that was confirmed"):
        require_pinned(half.introduction(), PINS, NOW)


def test_without_a_pin_an_introduction_is_verified_all_the_same() -> None:
    assert verify_introduction(ALPHA.introduction(), now=NOW) == read()
    assert verify_introduction(ALPHA.introduction(), now=NOW, hub_checks_only=True) == read()


@pytest.mark.parametrize("now", [BEGIN - 1, END, END + 1])
def test_a_card_out_of_its_time_is_refused(now: int) -> None:
    with pytest.raises(CardError, match="card is not current"):
        read(now=now)


def test_a_validity_begins_at_and_ends_before_its_bounds() -> None:
    card = read().card
    assert is_current(card, BEGIN)
    assert is_current(card, END - 1)
    assert not is_current(card, END)


@pytest.mark.parametrize("hub_checks_only", [False, True])
def test_one_foreign_statement_spoils_the_introduction(hub_checks_only: bool) -> None:
    for foreign in (Issuer().kem(), Issuer(code=ALPHA.code).staff()):
        with pytest.raises(CardError, match="another key"):
            verify_introduction(
                ALPHA.introduction(foreign), now=NOW, hub_checks_only=hub_checks_only
            )


def test_only_key_and_staff_statements_are_taken() -> None:
    with pytest.raises(CardError, match="key and staff statements only"):
        read(ALPHA.card())


def test_the_newest_current_kem_key_is_used() -> None:
    newer, newest, future, expired = (kem_public(new_seed()) for _ in range(4))
    facility = read(
        ALPHA.kem(newest, issued_at=BEGIN + 20),
        ALPHA.kem(newer, issued_at=BEGIN + 10),
        ALPHA.kem(future, issued_at=BEGIN + 30, not_before=NOW + 1),
        ALPHA.kem(expired, issued_at=BEGIN + 40, not_after=NOW),
    )
    assert facility.kem_public() == newest
    assert (
        read(ALPHA.kem(future, issued_at=BEGIN + 30, not_before=NOW + 1), now=NOW + 1).kem_public()
        == future
    )


def test_without_a_current_kem_key_nothing_can_be_sealed() -> None:
    facility = read(ALPHA.kem(issued_at=BEGIN + 1, not_after=NOW))
    assert facility.kem is None
    with pytest.raises(CardError, match="no current KEM key"):
        facility.kem_public()


def test_a_later_statement_ends_a_key_early_in_any_order() -> None:
    ended = ALPHA.staff(issued_at=BEGIN + 500, not_after=BEGIN + 500)
    for statements in ([ALPHA.staff(), ended], [ended, ALPHA.staff()]):
        facility = verify_introduction(
            Introduction(card=ALPHA.card(), statements=statements), now=NOW
        )
        with pytest.raises(CardError, match="not current"):
            facility.require_staff(KID, signed_at=BEGIN + 1, now=NOW)


def test_of_two_statements_issued_together_the_one_ending_first_governs() -> None:
    ended = ALPHA.staff(not_after=BEGIN + 500)
    for statements in ([ALPHA.staff(), ended], [ended, ALPHA.staff()]):
        facility = verify_introduction(
            Introduction(card=ALPHA.card(), statements=statements), now=NOW
        )
        assert facility.staff[KID].not_after == BEGIN + 500


def test_a_staff_key_must_be_current_at_signing_and_now() -> None:
    late = new_pair()
    facility = read(ALPHA.staff(late.public, staff=new_id(), not_before=BEGIN + 500))
    assert facility.require_staff(late.key_id, signed_at=BEGIN + 500, now=NOW)
    with pytest.raises(CardError, match="not current"):
        facility.require_staff(late.key_id, signed_at=BEGIN + 499, now=NOW)
    with pytest.raises(CardError, match="not current"):
        facility.require_staff(late.key_id, signed_at=NOW, now=END)


def test_a_change_of_role_governs() -> None:
    facility = read(ALPHA.staff(role="volunteer", issued_at=BEGIN + 1))
    assert facility.require_staff(KID, signed_at=NOW, now=NOW).role == "volunteer"


def test_an_unknown_staff_key_is_refused() -> None:
    facility = read()
    with pytest.raises(CardError, match="no such staff key"):
        facility.require_staff(new_pair().key_id, signed_at=NOW, now=NOW)
    with pytest.raises(CardError, match="no such staff key"):
        facility.staff_keys(new_pair().key_id)


@pytest.mark.parametrize(
    "reused",
    [
        ALPHA.http(ALPHA.identity.public.ed25519),
        ALPHA.http(ALPHA.receipt.public.ed25519),
        ALPHA.http(ALPHA.manager.public.ed25519),
        ALPHA.staff(ALPHA.identity.public, staff=new_id()),
        ALPHA.staff(staff=new_id()),
    ],
)
def test_no_key_serves_two_purposes(reused: SignedStatement) -> None:
    with pytest.raises(CardError, match="two purposes"):
        read(reused)
