"""Identifiers: who and what is named, and in which spelling.

All ids on the wire are opaque. PROTOCOL section 2.
"""

import re
import string
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

FACILITY_CODE = r"F-[0-9A-HJKMNP-TV-Z]{10}"
CODE_NUMBER = r"[A-Z0-9](?:[A-Z0-9-]{2,30})[A-Z0-9]"
ID128 = r"[A-Za-z0-9_-]{21}[AQgw]"
DIGEST = r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]"
BASE64URL = r"[A-Za-z0-9_-]*"
_BASE64URL_CHARACTERS = (string.ascii_letters + string.digits + "_-").encode()

FacilityCode = Annotated[str, StringConstraints(pattern=f"^{FACILITY_CODE}$")]
"""Opaque facility code, e.g. `F-7K2MQ9XZ4T`. Never a name or a place."""

Party = Annotated[str, StringConstraints(pattern=f"^(?:{FACILITY_CODE}|hub)$")]
"""A facility, or the hub itself."""

CodeNumber = Annotated[str, StringConstraints(pattern=f"^{CODE_NUMBER}$")]
"""The beneficiary's code number inside facilities (booklet 7.2.5). The hub never sees it."""

Id128 = Annotated[str, StringConstraints(pattern=f"^{ID128}$")]
"""16 random bytes as base64url: section, record, case pseudonym, consent, message, release, staff,
and 16-byte scope tags."""

Digest = Annotated[str, StringConstraints(pattern=f"^{DIGEST}$")]
"""SHA-256 (or any 32 bytes) as base64url."""


def _require_base64url(text: str) -> str:
    # Ciphertexts are long, and a regular expression takes several times as long over them.
    if text.encode("ascii", "replace").translate(None, _BASE64URL_CHARACTERS):
        raise PydanticCustomError("string_pattern_mismatch", "not base64url")
    return text


Base64Url = Annotated[
    str,
    AfterValidator(_require_base64url),
    WithJsonSchema({"type": "string", "pattern": f"^{BASE64URL}$"}),
]
"""Any bytes as unpadded base64url."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""


def is_code_number(text: str) -> bool:
    """Say whether `text` has the shape of a code number."""
    return re.fullmatch(CODE_NUMBER, text) is not None
