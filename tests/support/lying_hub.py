"""A hub in memory that tells the truth, and everything it could lie with.

`Hub` keeps what facilities gave it and answers a release as the real one does, with a real log and
real proofs. It holds no facility's private key: whatever a test lets it do, a real hub could do.
Named lies are in `tests.support.lies`.
"""

from dataclasses import dataclass, field

from exchange.audit import checkpoint, entry, proof, tiles
from exchange.audit.checkpoint import Checkpoint, HubLogKeys
from exchange.release import release_details
from exchange.sealing import SealedSection
from exchange.statements import parse_statement
from keys.lognotes import LogSigner
from keys.tokens import jws_digest
from schemas.encoding import b64u
from schemas.wire.hub_api import (
    AuditDetails,
    Evidence,
    Introduction,
    ReleasedSection,
    ReleaseIn,
    ReleaseOut,
)
from schemas.wire.statement import Grant, Head, Manifest, SignedStatement
from schemas.wire.token import ConsentClaims
from tests.support.facilities import NOW, seed

ORIGIN = "hub.test/log"


class Log:
    """An audit log in memory, made of the same parts as the hub's."""

    def __init__(self, name: str = "hub") -> None:
        self.signer = LogSigner(ORIGIN, seed(f"{name} log ed25519"), seed(f"{name} log ml-dsa-44"))
        self.entries: list[entry.Entry] = []
        self._tiles: dict[tuple[int, int], bytes] = {}

    @property
    def keys(self) -> HubLogKeys:
        return HubLogKeys.of_signer(self.signer)

    @property
    def size(self) -> int:
        return len(self.entries)

    def append(self, details: AuditDetails) -> int:
        """Add an entry and integrate it at once; return its index."""
        made = entry.commit(details, seed(f"salt {self.size} {details.at}"))
        grown = tiles.integrate(self.size, self._load, [made.leaf_hash])
        for tile in grown.changed_tiles:
            self._tiles[tile.level, tile.n] = tile.data
        self.entries.append(made)
        return self.size - 1

    def root(self, size: int | None = None) -> bytes:
        size = self.size if size is None else size
        return tiles.root(size, tiles.hash_reader(self._load, size))

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(ORIGIN, self.size, self.root(), 0)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return tiles.consistency_proof(old, new, tiles.hash_reader(self._load, new))

    def evidence(self, index: int) -> Evidence:
        read = tiles.hash_reader(self._load, self.size)
        hashes = tiles.inclusion_proof(index, self.size, read)
        signed = checkpoint.make(ORIGIN, self.size, self.root(), self.signer)
        found = self.entries[index]
        return Evidence(
            index=index,
            leaf=b64u(found.leaf),
            salt=b64u(found.salt),
            details=b64u(found.details),
            proof=proof.make(index, hashes, signed),
        )

    def _load(self, level: int, n: int, width: int) -> bytes | None:
        data = self._tiles.get((level, n))
        return None if data is None or len(data) < 32 * width else data[: 32 * width]


@dataclass
class Hub:
    """What a hub knows. Newest last, everywhere: a lying one can reach for older things."""

    log: Log = field(default_factory=Log)
    introductions: dict[str, Introduction] = field(default_factory=dict)
    sections: dict[str, SealedSection] = field(default_factory=dict)
    """By manifest digest."""
    consents: dict[str, tuple[str, ConsentClaims]] = field(default_factory=dict)
    heads: dict[str, list[SignedStatement]] = field(default_factory=dict)
    grants: dict[tuple[str, str], tuple[SignedStatement, bytes]] = field(default_factory=dict)
    """By consent and manifest digest: grant and half-key."""
    refusals: list[str] = field(default_factory=list)

    def push(self, sealed: SealedSection) -> None:
        self.sections[b64u(sealed.manifest.digest())] = sealed
        self.record("section.push")

    def record(self, action: str) -> None:
        """Log something else, so that releases do not stand alone."""
        self.log.append(
            AuditDetails(action=action, outcome="done", reasons=[], actor="hub", at=NOW)
        )

    def take_consent(self, token: str, claims: ConsentClaims) -> None:
        self.consents[claims.jti] = (token, claims)
        self.record("consent.record")

    def take_head(self, head: SignedStatement) -> None:
        self.heads.setdefault(parse_statement(head, Head).consent, []).append(head)

    def take_grant(self, statement: SignedStatement, half_key: bytes) -> None:
        grant = parse_statement(statement, Grant)
        self.grants[grant.consent, grant.manifest] = (statement, half_key)

    def release(self, asked: ReleaseIn, *, at: int = NOW) -> ReleaseOut:
        """Answer a release truthfully: all that the newest head lists, or what was asked for."""
        head = self.heads[asked.consent][-1]
        listed = parse_statement(head, Head).manifests
        wanted = [
            digest
            for digest in listed
            if not asked.sections or self.manifest(digest).section in asked.sections
        ]
        return self.answer(asked, head, [self.released(asked.consent, one) for one in wanted], at)

    def manifest(self, digest: str) -> Manifest:
        return parse_statement(self.sections[digest].manifest, Manifest)

    def released(self, consent: str, digest: str) -> ReleasedSection:
        grant, half_key = self.grants[consent, digest]
        sealed = self.sections[digest]
        return ReleasedSection(
            manifest=sealed.manifest,
            grant=grant,
            half_key=b64u(half_key),
            ciphertext=b64u(sealed.ciphertext),
        )

    def answer(
        self,
        asked: ReleaseIn,
        head: SignedStatement,
        sections: list[ReleasedSection],
        at: int = NOW,
    ) -> ReleaseOut:
        """Log a release of just these sections and answer it: consistent, whether true or not."""
        token, claims = self.consents[asked.consent]
        details = release_details(
            release=asked.id,
            claims=claims,
            token=token,
            head=head,
            manifests=[section.manifest for section in sections],
            at=at,
        )
        index = self.log.append(details)
        return ReleaseOut(
            id=asked.id,
            consent=asked.consent,
            token=token,
            head=head,
            sections=sections,
            owner=self.introductions[claims.iss],
            refusals=list(self.refusals),
            evidence=self.log.evidence(index),
        )

    def relog(self, answer: ReleaseOut, at: int = NOW) -> ReleaseOut:
        """Log a changed answer as if it had been so from the start."""
        _, claims = self.consents[answer.consent]
        manifests = [section.manifest for section in answer.sections]
        details = release_details(
            release=answer.id,
            claims=claims,
            token=answer.token,
            head=answer.head,
            manifests=manifests,
            at=at,
        )
        return answer.model_copy(update={"evidence": self.log.evidence(self.log.append(details))})


def token_digest(token: str) -> str:
    return b64u(jws_digest(token))
