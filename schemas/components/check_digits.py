"""Check digits of published codes, so that a slip of the keyboard is not taken for a code.

LOINC: mod 10 (LOINC Users' Guide). SNOMED CT: Verhoeff (SNOMED CT Release File Specification). A
right digit does not make a code exist; a wrong one makes sure that it does not.
"""

_VERHOEFF = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
"""Multiplication in the dihedral group of order ten."""
_PERMUTED = "1576283094"
"""Where each digit goes when it moves one place to the left."""


def is_loinc(code: str) -> bool:
    """Say whether the digit behind the hyphen is the check digit of those before it."""
    digits, _, check = code.partition("-")
    doubled = "".join(
        str(int(digit) * (2 if place % 2 == 0 else 1))
        for place, digit in enumerate(reversed(digits))
    )
    return str(-sum(map(int, doubled)) % 10) == check


def is_snomed(code: str) -> bool:
    """Say whether the last digit is the check digit of those before it."""
    checked = 0
    for place, digit in enumerate(reversed(code)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = int(_PERMUTED[moved])
        checked = int(_VERHOEFF[checked][moved])
    return checked == 0
