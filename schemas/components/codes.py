"""Which published codes are sensitive, and how: the code table.

One row per code or prefix. `general` rows say that a code is known and unremarkable, which matters
for what comes from elsewhere unlabelled: an unknown code is treated as the strictest.
"""

from typing import NamedTuple

from schemas.components.values import CodeSystem
from schemas.sensitivity import Category, strictest


class CodeRow(NamedTuple):
    """A code, or codes that begin with `prefix`; the longest matching prefix counts."""

    system: CodeSystem
    prefix: str
    category: Category


def _rows(system: CodeSystem, category: Category, prefixes: str) -> list[CodeRow]:
    return [CodeRow(system, prefix, category) for prefix in prefixes.split()]


_ICD: dict[Category, str] = {
    "legal-status": "Z65.0 Z65.1 Z65.2 Z65.3 Y35",
    "violence": (
        "T74 X85 X86 X87 X88 X89 X90 X91 X92 X93 X94 X95 X96 X97 X98 X99"
        " Y00 Y01 Y02 Y03 Y04 Y05 Y06 Y07 Y08 Y09 Y36"
        " Z04.4 Z04.5 Z61.4 Z61.5 Z61.6 Z65.4 Z65.5 Z91.6"
    ),
    "reproductive": (
        "F52 F64 F65 F66 N96 N97 O Z30 Z31 Z32 Z33 Z34 Z35 Z36 Z37 Z39 Z64.0 Z64.1 Z87.5"
    ),
    "infectious": (
        "A15 A16 A17 A18 A19 A50 A51 A52 A53 A54 A55 A56 A57 A58 A59 A60 A61 A62 A63 A64"
        " B15 B16 B17 B18 B19 B20 B21 B22 B23 B24 B90 B94.2"
        " R75 R76.1 Z11 Z20.1 Z20.2 Z20.5 Z20.6 Z21 Z22.4 Z22.5 Z83.0 Z86.1"
    ),
    "mental-health": (
        "F G47.0 R44 R45 R46 X60 X61 X62 X63 X64 X65 X66 X67 X68 X69 X70 X71 X72 X73 X74 X75 X76"
        " X77 X78 X79 X80 X81 X82 X83 X84 Y87.0 Z00.4 Z04.6 Z09.3 Z13.3 Z50.2 Z50.3 Z54.3 Z73.3"
        " Z81 Z86.5 Z91.4 Z91.5"
    ),
    "substance-use": (
        "F10 F11 F12 F13 F14 F15 F16 F17 F18 F19 K70 R78 T40 T51 X45 Y15 Y90 Y91"
        " Z50.2 Z50.3 Z71.4 Z71.5 Z71.6 Z72.0 Z72.1 Z72.2 Z81.1 Z81.2 Z81.3 Z81.4 Z86.4"
    ),
    "family": "Z60.1 Z61 Z62 Z63",
    "general": "A B C D E G H I J K L M N P Q R S T U V W X Y Z",
}
"""Chapters and rubrics of the WHO classification; a rubric in two rows is the stricter."""

_ICD_CM_ONLY: dict[Category, str] = {
    "trafficking": "T74.5 T74.6 T76.5 T76.6 Z04.81 Z04.82 Z62.813 Z91.42",
    "violence": "T76 Z62.81 Z69 Z91.41",
    "infectious": "Z22.7",
    "reproductive": "Z3A",
}
"""Codes that only the US modification has (labelled all the same when given as WHO's). Those of
forced labour and sexual exploitation alone identify a trafficked person."""

_SNOMED: dict[Category, str] = {
    "trafficking": "734998001",
    "violence": ("386702006 56890008 95316006 95930005 95318007 42085001 225819001 61372001"),
    "reproductive": "77386006 60001007 146799005 152231000119106 58532003 11687002 161714006",
    "infectious": "56717001 86406008 76272004 15628003 105629000 66071002 50711007 165816005",
    "mental-health": (
        "47505003 443919007 67195008 17226007 35489007 370143000 197480006 48694002 231504006"
        " 193462001 419145002 225624000 44376007 69322001 225444004 6471006 225457007 82313006"
        " 41501003 248062006 225012006 62476001 406506008 48546005 9751511000001104 785126002"
    ),
    "substance-use": "66214007 191816009 5602001 25702006 231466009",
    "general": (
        "38341003 59621000 44054006 46635009 195967001 271737000 87522002 234348004 42343007"
        " 49436004 55822004 46177005 82423001 1121000119107 9014002 68566005 54150009 239873007"
        " 254837009 397825006 103276001 39848009 428257007 926335004 95722004 271681002 735938006"
        " 398057008 445241004 449614009 442438000 128045006 48661000 64667001 399340005"
        " 1260050006 98921000119102 127348004 160245001 198436008 289903006"
        " 716186003 429625007 787481004 108774000 411533003 770301006 786806007 412588001"
        " 10847001 168731009 175135009 278149003 115329001"
    ),
}

_LOINC: dict[Category, str] = {
    "reproductive": "82810-3 11778-8 11781-2 2106-3 2118-8",
    "infectious": "5195-3 16128-1 56888-1 75622-1 7917-8 20507-0 5292-8 21613-5 24111-7",
    "mental-health": "44249-1 44261-6 69737-5 70274-6 10190-7",
    "substance-use": "75626-2 82667-7 72166-2 74013-4",
    "family": "29762-2",
    "general": (
        "85354-9 8480-6 8462-4 29463-7 3141-9 8302-2 8867-4 9279-1 8310-5 2708-6 59408-5 39156-5"
        " 718-7 4544-3 6690-2 777-3 2160-0 33914-3 2345-7 4548-4 17856-6 1742-6 1920-8 1975-2"
        " 2951-2 2823-3 2093-3 2085-9 13457-7 2571-8 1988-5 3016-3 882-1 945-6 1018-1 1156-9"
        " 42803-7 30525-0"
    ),
}

_ATC: dict[Category, str] = {
    "reproductive": "G01 G02 G03",
    "infectious": "J04 J05A",
    "mental-health": "N05 N06",
    "substance-use": "N07B V03AB14 V03AB15",
    "general": "A B C D G H J L M N P R S V",
}

CODE_ROWS: tuple[CodeRow, ...] = (
    *(
        row
        for system in ("icd-10", "icd-10-cm")
        for to, codes in _ICD.items()
        for row in _rows(system, to, codes)
    ),
    *(
        row
        for system in ("icd-10", "icd-10-cm")
        for to, codes in _ICD_CM_ONLY.items()
        for row in _rows(system, to, codes)
    ),
    *(row for to, codes in _SNOMED.items() for row in _rows("snomed", to, codes)),
    *(row for to, codes in _LOINC.items() for row in _rows("loinc", to, codes)),
    *(row for to, codes in _ATC.items() for row in _rows("atc", to, codes)),
)
_PREFIXED: tuple[CodeSystem, ...] = ("icd-10", "icd-10-cm", "atc")
"""Systems whose codes say by their beginning what they are near to."""


def _by_system() -> dict[CodeSystem, dict[str, Category]]:
    table: dict[CodeSystem, dict[str, Category]] = {}
    for row in CODE_ROWS:
        rows = table.setdefault(row.system, {})
        rows[row.prefix] = strictest([row.category, rows.get(row.prefix, row.category)])
    return table


_BY_SYSTEM = _by_system()


def category_of_code(system: CodeSystem, code: str) -> Category | None:
    """Return the section a code asks for, None if nothing is known of it."""
    rows = _BY_SYSTEM.get(system, {})
    if system not in _PREFIXED:
        return rows.get(code)
    for length in range(len(code), 0, -1):
        if category := rows.get(code[:length]):
            return category
    return None
