"""The sync loop: tells the hub what waits, and fetches what is new, locked or not.

One round at a time, whether the loop or a person starts it. A hub that is away only lengthens the
pause; nothing is lost, since everything to be told lies in the outbox. PROTOCOL sections 8 and 11.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from keys.directory import VerifiedFacility
from schemas.wire.token import Purpose
from services.hub_client.errors import HubError, HubRefusal, NoAnswerError
from services.node import (
    hublog,
    messages,
    opening,
    partners,
    push,
    releases,
    repair,
    revocations,
)
from services.node.errors import ForkError, LockedError, NotTrustedError, StorageError
from services.node.keyholder import RecordKeys
from services.node.node import Node
from services.node.store import consents as consent_store
from services.node.store import messages as message_store
from services.node.store import partners as partner_store
from services.node.store import releases as release_store
from services.node.store.state import MESSAGES_NEXT, get_value, put_value
from services.node.store.tables import MessageRow
from services.node.words import AnswerWords, NoticeWords, RequestWords

log = logging.getLogger("safehand.node")
_PARTNERS_EVERY = 3_600
"""Seconds after which a partner's introduction is fetched anew."""
_PROOF_PAUSE = 0.3
_PROOF_TRIES = 10
"""How often a release is asked for again, at once, while its proof is on the way."""


@dataclass
class Round:
    """What one round did."""

    pushed: int = 0
    messages: int = 0
    revocations: int = 0
    received: int = 0
    opened: int = 0
    troubles: list[str] = field(default_factory=list)


@dataclass
class HubState:
    """What the last contact with the hub showed."""

    reached_at: int | None = None
    trouble: str | None = None


class Sync:
    """Runs rounds, from the loop and on demand."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._turn = asyncio.Lock()
        self.hub = HubState()

    async def run(self) -> None:
        """Run rounds until cancelled; the pause grows while the hub is away."""
        settings, pause = self._node.settings, self._node.settings.poll_seconds
        while True:
            done = await self.round()
            pause = (
                min(pause * 2, settings.retry_seconds) if done.troubles else settings.poll_seconds
            )
            await self._node.wake.sleep(pause)

    async def round(self) -> Round:
        """Do one round: each step by itself, so that one trouble does not stop the others."""
        done, is_away = Round(), False
        async with self._turn:
            for step in _STEPS:
                if not (is_away and step not in _LOCAL):
                    is_away |= await self._try(step, done)
        if not done.troubles:
            self.hub = HubState(self._node.now())
        return done

    async def _try(self, step: Callable[[Node, Round], Awaitable[None]], done: Round) -> bool:
        """Run a step; say whether the hub turned out to be away."""
        try:
            await step(self._node, done)
        except HubRefusal as refusal:
            self._trouble(done, refusal.slug)
        except HubError as error:
            self._trouble(done, "hub-unavailable")
            # An unusable answer to one call says nothing of the others.
            return isinstance(error, NoAnswerError)
        except ForkError:
            self._trouble(done, "hub-log-forked")
        except StorageError:
            self._trouble(done, "storage")
        except Exception as error:
            # One step's fault must not end the loop; its class is enough to find it by.
            log.error("sync step %s: %s", step.__name__, type(error).__name__)
            self._trouble(done, "internal")
        return False

    def _trouble(self, done: Round, slug: str) -> None:
        done.troubles.append(slug)
        self.hub = HubState(self.hub.reached_at, slug)


async def _push(node: Node, done: Round) -> None:
    """Tell the hub what waits; revocations are taken in meanwhile, however long that lasts."""
    telling = asyncio.create_task(push.drain(node))
    try:
        while not (await asyncio.wait({telling}, timeout=node.settings.poll_seconds))[0]:
            with contextlib.suppress(HubError):
                await _revocations(node, done)
        done.pushed += await telling
    finally:
        telling.cancel()


async def _repair(node: Node, done: Round) -> None:
    if not node.keys.is_locked and await repair.repair(node):
        done.pushed += await push.drain(node)


async def _log(node: Node, _done: Round) -> None:
    await hublog.follow(node)


async def _messages(node: Node, done: Round) -> None:
    """Take in new messages as they are, and act on what can be read."""
    while await _take_messages(node, done):
        continue
    if not node.keys.is_locked:
        await _act(node)


async def _take_messages(node: Node, done: Round) -> bool:
    async with node.db.read() as session:
        last = await get_value(session, MESSAGES_NEXT)
    position = int(last.value) if last else 0
    answer = await node.hub.messages(after=position)
    if not answer.messages or answer.next <= position:
        return False
    async with node.db.write() as session:
        for one in answer.messages:
            row = messages.received(one.message, node)
            if row and await message_store.get_message(session, row.message) is None:
                session.add(row)
                await session.flush()
                done.messages += 1
        await put_value(session, MESSAGES_NEXT, str(answer.next).encode(), node.now())
    return True


async def _act(node: Node) -> None:
    """Ask for the releases that answers and notices announce."""
    keys = node.records()
    async with node.db.write() as session:
        known = await partners.known(session, node.now())
        for row in await message_store.unread(session):
            if row.partner in known:  # else it can be read once a person has pinned the sender
                await _act_on(session, node, keys, row, known[row.partner])


async def _act_on(
    session: AsyncSession, node: Node, keys: RecordKeys, row: MessageRow, sender: VerifiedFacility
) -> None:
    model: type[AnswerWords | NoticeWords] = AnswerWords if row.kind == "answer" else NoticeWords
    words = messages.words_of(row, model, node=node, keys=keys, sender=sender)
    row.state = message_store.DONE if words else message_store.UNREADABLE
    if words is None or words.consent is None:
        return
    purpose = await _purpose(session, node, keys, row, words)
    if purpose is not None:
        releases.want(session, node, words.consent, purpose)


async def _purpose(
    session: AsyncSession,
    node: Node,
    keys: RecordKeys,
    row: MessageRow,
    words: AnswerWords | NoticeWords,
) -> Purpose | None:
    """Return what to ask for: as this node's own request said, or the consent it has already.

    None for an answer to nothing that was asked, or a notice about a consent not held: ignored.
    """
    if isinstance(words, NoticeWords):
        consent = await consent_store.get_consent(session, words.consent)
        fits = consent is not None and not consent.issued and consent.partner == row.partner
        return cast("Purpose", consent.purpose) if consent and fits else None
    request = await message_store.get_message(session, row.in_reply_to or "")
    if request is None or request.incoming or request.partner != row.partner:
        return None
    asked = messages.words_of(request, RequestWords, node=node, keys=keys, sender=None)
    return asked.purpose if asked else None


async def _revocations(node: Node, done: Round) -> None:
    done.revocations += await revocations.take_list(node, await node.hub.revocations())


async def _releases(node: Node, done: Round) -> None:
    """Ask for every release that is wanted, waiting a little for each proof."""
    async with node.db.read() as session:
        wanted = await release_store.in_state(session, release_store.WANTED)
    for row in wanted:
        if await receive_patiently(node, row.release) == release_store.RECEIVED:
            done.received += 1


async def receive_patiently(node: Node, release: str) -> str:
    """Ask for a release until its proof is there, a few times; return its state."""
    for _ in range(_PROOF_TRIES):
        state = await releases.receive(node, release)
        if state != release_store.WANTED:
            break
        await asyncio.sleep(_PROOF_PAUSE)
    return state


async def _open(node: Node, done: Round) -> None:
    async with node.db.read() as session:
        received = await release_store.in_state(session, release_store.RECEIVED)
    for row in received:
        with contextlib.suppress(LockedError):
            if await opening.open_received(node, row.release) == release_store.OPENED:
                done.opened += 1


async def _erase(node: Node, _done: Round) -> None:
    await revocations.erase_due(node)


async def _refresh(node: Node, _done: Round) -> None:
    """Fetch partners' introductions anew from time to time: they certify new keys."""
    async with node.db.read() as session:
        rows = await partner_store.list_partners(session)
    for row in rows:
        if row.refreshed_at + _PARTNERS_EVERY <= node.now():
            with contextlib.suppress(NotTrustedError):  # taken back in this very moment
                await partners.introduction_of(node, row.facility)


_STEPS = (
    _revocations,
    _push,
    _repair,
    _log,
    _messages,
    _revocations,
    _releases,
    _open,
    _erase,
    _push,
    _refresh,
)
"""What a round consists of, in this order: revocations before all else and again before opening."""

_LOCAL = (_open, _erase)
"""Steps that are worth trying while the hub is away."""
