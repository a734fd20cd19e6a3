"""The moment in which a hub lies, what a lie is, and what lies are made of.

A lie gets a whole story, so that it can reach for other consents, older heads and other facilities'
things, and returns what the hub answers. It never uses Alpha's or Beta's private keys, except for
things that Alpha really signs, at another time or for someone else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import ModuleType

from exchange.audit import entry
from exchange.errors import Step
from exchange.recipient import Memory
from exchange.sealing import make_head
from exchange.statements import parse_statement
from keys.signing import sign_statement
from keys.tokens import sign_refusal
from schemas.encoding import b64u, unb64u
from schemas.wire.hub_api import AuditDetails, ReleasedSection, ReleaseIn, ReleaseOut
from schemas.wire.statement import Head, SignedStatement
from schemas.wire.token import RefusalClaims
from tests.support.facilities import DAY, NOW, Facility, fixed_id
from tests.support.lying_hub import Hub, Log
from tests.support.story import (
    CASE,
    CONSENTED,
    MENTAL,
    Labels,
    Story,
    ask,
    digest,
    fresh_memory,
)


@dataclass
class Scene:
    """A story at the moment when Beta has asked and the hub is about to answer."""

    story: Story = field(default_factory=Story)
    asked: ReleaseIn = field(init=False)
    memory: Memory = field(default_factory=fresh_memory)
    now: int = NOW
    bodies: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.asked = ask(self.story.consent())

    @property
    def hub(self) -> Hub:
        return self.story.hub

    @property
    def consent(self) -> str:
        return self.asked.consent

    def truth(self) -> ReleaseOut:
        return self.hub.release(self.asked)

    def section(self, labels: Labels = MENTAL) -> ReleasedSection:
        return self.hub.released(self.consent, digest(self.story.sealed[labels][-1]))

    def sections(self) -> list[ReleasedSection]:
        return [self.section(labels) for labels in CONSENTED]

    def answer_with(self, *sections: ReleasedSection) -> ReleaseOut:
        """Answer with these sections, logged as if they were the truth."""
        return self.hub.answer(self.asked, self.hub.heads[self.consent][-1], list(sections))

    def answer_first(self, **changes: object) -> ReleaseOut:
        """Answer with the first section changed."""
        first, *rest = self.sections()
        return self.answer_with(first.model_copy(update=changes), *rest)


@dataclass(frozen=True)
class Lie:
    """What a hub does, and where that must end."""

    tell: Callable[[Scene], ReleaseOut]
    step: Step
    reason: str
    whole: bool
    """Whether all is refused, or only the sections that are lied about."""


def lie(
    step: Step, reason: str, *, whole: bool = True
) -> Callable[[Callable[[Scene], ReleaseOut]], Lie]:
    """Make a lie of the function that tells it."""
    return lambda tell: Lie(tell, step, reason, whole)


def lies_of(*modules: ModuleType) -> dict[str, Lie]:
    """Return all lies of some modules by their names."""
    return {
        name.replace("_", "-"): one
        for module in modules
        for name, one in vars(module).items()
        if isinstance(one, Lie)
    }


def changed(statement: SignedStatement, model: type, **changes: object) -> SignedStatement:
    """Return a statement whose payload was edited under its old signatures."""
    edited = parse_statement(statement, model).model_copy(update=changes)
    return statement.model_copy(update={"payload": b64u(edited.to_bytes())})


def re_signed(statement: SignedStatement, signer: Facility) -> SignedStatement:
    """Return the same payload signed by someone else."""
    return sign_statement(statement.type, statement.payload_bytes(), signer.identity)


def flipped(text: str) -> str:
    """Return base64url with one bit of its first byte flipped."""
    data = bytearray(unb64u(text))
    data[0] ^= 1
    return b64u(bytes(data))


def token_of(scene: Scene, consent: str) -> str:
    return scene.hub.consents[consent][0]


def alphas_refusal(scene: Scene, *, seed: bytes | None = None, **changes: object) -> str:
    claims = RefusalClaims(
        iss=scene.story.alpha.code,
        sub=CASE,
        aud=["hub"],
        jti=fixed_id("refusal"),
        iat=NOW - DAY,
        scope_tags=[],
        recipient=None,
    )
    signer = seed or scene.story.alpha.case_manager.pair.ed_seed
    return sign_refusal(claims.model_copy(update=changes), signer)


def alphas_head(scene: Scene, *, at: int) -> SignedStatement:
    return make_head(
        owner=scene.story.alpha.code,
        consent=scene.consent,
        counter=9,
        manifests=parse_statement(scene.hub.heads[scene.consent][-1], Head).manifests,
        at=at,
        identity=scene.story.alpha.identity,
    )


def details(answer: ReleaseOut) -> AuditDetails:
    evidence = answer.evidence
    return entry.open_entry(unb64u(evidence.leaf), unb64u(evidence.salt), unb64u(evidence.details))


def with_proof(answer: ReleaseOut, text: str) -> ReleaseOut:
    evidence = answer.evidence.model_copy(update={"proof": text})
    return answer.model_copy(update={"evidence": evidence})


def remember(scene: Scene) -> Memory:
    return replace(scene.memory, checkpoint=scene.hub.log.checkpoint())


def rewritten(log: Log, *, entries: int) -> Log:
    """Return a log under the same keys whose history is another one."""
    other = Log()
    details = entry.open_entry(log.entries[0].leaf, log.entries[0].salt, log.entries[0].details)
    for index in range(entries):
        other.append(details.model_copy(update={"at": details.at - index - 1}))
    return other
