"""A whole case split into versions that each one signer may sign."""

from schemas.rules.findings import blocking
from schemas.rules.sharing_out import may_sign, share_out
from schemas.rules.writing import Register, Writer, judge_writing
from tests.support.cases import ALPHA, case, sample
from tests.support.staffing import PEOPLE, TEAM

REGISTER = Register(TEAM)


def test_every_fact_of_the_sample_case_finds_a_signer_and_every_version_stands():
    workers = sample().interventions.caseworkers
    elsewhere = frozenset(one.code for one in workers if one.facility not in (ALPHA, None))
    register = Register(TEAM, elsewhere=elsewhere - set(TEAM))
    held = [getattr(sample(), name) for name in type(sample()).model_fields]
    for record in (record for record in held if record is not None):
        versions, unsigned = share_out(record, register)
        assert unsigned == []
        before = None
        for share in versions:
            writer = Writer(share.signer, TEAM[share.signer])
            found = judge_writing(share.record, writer, register, before=before)
            assert blocking(found) == []
            before = share.record
        assert before == record


def test_few_sign_where_few_can():
    health = {"complaints": [{"text": "x"}], "allergies": [{"none_known": True}]}
    versions, _ = share_out(case(health=health).health, REGISTER)
    assert len(versions) == 1
    assert versions[0].signer in ("CW-02", "CW-03", "CW-04")


def test_a_fact_goes_to_whoever_it_names():
    pressure = {"systolic": 110, "diastolic": 70, "on": "2026-03-01"}
    health = {"blood_pressures": [{**pressure, "by": code} for code in ("CW-02", "CW-04")]}
    versions, _ = share_out(case(health=health).health, REGISTER)
    assert [share.signer for share in versions] == ["CW-02", "CW-04"]
    assert [len(share.record.blood_pressures) for share in versions] == [1, 2]


def test_what_nobody_may_sign_is_named():
    health = {"complaints": [{"text": "x"}], "prescriptions": [
        {"product": {"text": "x"}, "prescribed_by": "CW-07", "prescriber_role": "doctor"}
    ]}  # fmt: skip
    versions, unsigned = share_out(case(health=health).health, REGISTER)
    assert unsigned == ["health.prescriptions.0"]
    assert [share.record.prescriptions for share in versions] == [[]]


def test_an_attestation_is_its_authors_to_sign():
    attested = {"on": "2026-03-05", "compiled_by": "CW-01", "attested_by": "CW-04"}
    summary = case(discharge={"document": attested}).discharge_summary
    assert may_sign(summary, REGISTER) == {"discharge-summary.document": ["CW-04"]}


def test_an_empty_record_and_an_empty_team():
    assert share_out(case(health={}).health, REGISTER) == ([], [])
    health = case(health={"complaints": [{"text": "x"}]}).health
    assert share_out(health, Register({})) == ([], ["health.complaints.0"])
    assert share_out(health, Register({"CW-05": PEOPLE["in"]})) == ([], ["health.complaints.0"])
