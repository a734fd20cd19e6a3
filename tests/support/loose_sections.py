"""Sections that only a hub can take for real: rightly signed, with any bytes for a ciphertext."""

from keys.randomness import new_id
from keys.signing import sign_statement
from schemas.encoding import b64u, digest_text
from schemas.wire.hub_api import SectionIn
from schemas.wire.statement import Manifest
from tests.support.facilities import Facility


def loose_section(
    owner: Facility, ciphertext: bytes, *, after: SectionIn | None = None, **fields: object
) -> SectionIn:
    """Return a new section, or the next version of the one in `after`."""
    before = manifest_of(after) if after else None
    manifest = Manifest.model_validate(
        {
            "suite": "safehand/1",
            "owner": owner.code,
            "case": before.case if before else new_id(),
            "section": before.section if before else new_id(),
            "version": before.version + 1 if before else 1,
            "previous": b64u(after.manifest.digest()) if after else None,
            "scope_tag": before.scope_tag if before else new_id(),
            "size": len(ciphertext),
            "ciphertext": digest_text(ciphertext),
            "attachments": [],
            **fields,
        }
    )
    statement = sign_statement("manifest", manifest, owner.identity)
    return SectionIn(manifest=statement, ciphertext=b64u(ciphertext))


def manifest_of(section: SectionIn) -> Manifest:
    return Manifest.from_bytes(section.manifest.payload_bytes())
