"""Seal and open per section, against the bare primitives doing the same encryption.

The floor is Cobblestone-256 over the same padded bytes and HPKE over one key: what encryption
costs. On top come padding, encoding, digests and the signatures of manifest, author and grant.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography import cobblestone
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from exchange.grants import make_grant
from exchange.opening import open_grant, open_section
from exchange.padding import pad
from exchange.section import encode_section
from exchange.statements import read_statement
from keys.directory import VerifiedFacility, verify_introduction
from keys.hpke import kem_private, load_kem_public
from keys.randomness import new_id, new_seed, random_bytes
from keys.signing import sign_statement
from schemas.encoding import b64u
from schemas.wire.statement import Grant, Manifest, SignedStatement
from tests.bench.hub_world import Sections, wall_clock
from tests.bench.measures import Timed, compared, timed
from tests.bench.plan import Plan
from tests.support.facilities import DAY, Facility

GROUP = "seal and open"
SIZES = (2 * 1024, 56 * 1024, 1024 * 1024)
"""Bundles: a small one, an IPS, and one far larger than any."""

CONTEXT = b"bench"


@dataclass
class _Scene:
    """A section on its way from Alpha to Beta."""

    alpha: Facility
    beta: Facility
    owner: VerifiedFacility
    sections: Sections
    key: bytes
    half_key: bytes
    bundle: bytes

    def seal(self) -> tuple[SignedStatement, bytes]:
        """Seal a section: what a node does for every new version."""
        sealed = self.sections.sealed(self.key, new_id(), self.bundle)
        return sealed.manifest, sealed.ciphertext

    def grant(self, manifest: SignedStatement) -> SignedStatement:
        """Grant it: what a node does for every recipient."""
        return make_grant(
            section_key=self.key,
            half_key=self.half_key,
            manifest=manifest,
            owner=self.alpha.code,
            recipient=self.beta.code,
            recipient_kem=self.beta.kem_public,
            consent_jws="a.b.c",
            consent_id=new_id(),
            expires_at=wall_clock() + DAY,
            identity=self.alpha.identity,
        )

    def open(self, manifest: SignedStatement, grant: SignedStatement, ciphertext: bytes) -> None:
        """Verify manifest and grant, open the key, the body, and verify the author."""
        described = read_statement(manifest, Manifest, self.owner.public)
        granted = read_statement(grant, Grant, self.owner.public)
        key = open_grant(granted, self.half_key, [self.beta.kem_seed])
        digest = b64u(manifest.digest())
        open_section(described, digest, ciphertext, key, self.owner, now=wall_clock())


def measure(plan: Plan) -> Iterator[Timed]:
    """Yield the rows for each size."""
    for size in SIZES:
        yield from _rows(_scene(size), f"{size // 1024} KiB bundle", plan.timed)


def _scene(size: int) -> _Scene:
    made_at = wall_clock() - DAY
    alpha = Facility("alpha", "F-A1A1A1A1A1", made_at=made_at)
    beta = Facility("beta", "F-B2B2B2B2B2", made_at=made_at)
    owner = verify_introduction(alpha.introduction, now=wall_clock())
    sections = Sections(alpha)
    return _Scene(alpha, beta, owner, sections, new_seed(), new_seed(), random_bytes(size))


def _rows(scene: _Scene, size: str, seconds: float) -> Iterator[Timed]:
    manifest, ciphertext = scene.seal()
    grant = scene.grant(manifest)
    body = _padded_like(scene)
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    public, private = load_kem_public(scene.beta.kem_public), kem_private(scene.beta.kem_seed)

    def bare_seal() -> tuple[bytes, bytes]:
        sealer = cobblestone.Cobblestone256Encryptor(scene.key, CONTEXT)
        wrapped = suite.encrypt(scene.key, public, info=CONTEXT)
        return sealer.update(body) + sealer.finalize(), wrapped

    sealed, wrapped = bare_seal()

    def bare_open() -> bytes:
        key = suite.decrypt(wrapped, private, info=CONTEXT)
        opener = cobblestone.Cobblestone256Decryptor(key, CONTEXT)
        return opener.update(sealed) + opener.finalize()

    detail = {"ciphertext_bytes": float(len(ciphertext))}
    floor = timed(GROUP, "bare Cobblestone + HPKE: seal", bare_seal, seconds, size=size)
    yield floor
    seal = timed(GROUP, "seal and sign a section", scene.seal, seconds, size=size, detail=detail)
    yield compared(seal, floor)
    wrap = timed(
        GROUP, "grant it to one recipient", lambda: scene.grant(manifest), seconds, size=size
    )
    yield compared(wrap, floor)
    floor = timed(GROUP, "bare HPKE + Cobblestone: open", bare_open, seconds, size=size)
    yield floor
    opened = timed(
        GROUP,
        "verify and open a section",
        lambda: scene.open(manifest, grant, ciphertext),
        seconds,
        size=size,
    )
    yield compared(opened, floor)


def _padded_like(scene: _Scene) -> bytes:
    """Return as many bytes as the section's plaintext has when it is padded."""
    author = sign_statement("author", b"{}" * 180, scene.alpha.doctor.pair)
    return pad(encode_section(author, scene.bundle, b'{"attachments":[]}'))
