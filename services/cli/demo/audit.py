"""The audit's part of the demo: an auditor mirrors and verifies the log, and tampering is found."""

import asyncio
from pathlib import Path

from exchange.audit.entry import open_entry
from exchange.audit.verify import Verdict
from schemas.encoding import unb64u
from schemas.wire.hub_api import AuditDetails, EntryOut
from services.auditor.folder import MirrorFolder
from services.cli.auditor import MIRROR, judge, update_mirror
from services.cli.demo import tampering
from services.cli.demo.result import AuditReport
from services.cli.demo.scene import Story
from services.cli.errors import CommandError


def audit(story: Story) -> None:
    """Verify the log, count what it says was released, and tamper with copies of it."""
    story.tell.step("An auditor mirrors the log and verifies it, trusting nothing the hub says")
    folder = story.exchange.auditor_folder
    update = asyncio.run(update_mirror(folder))
    mirror = folder / MIRROR
    verdict = judge(folder, mirror, [])
    if update.finding or verdict.checkpoint is None:
        raise CommandError("the log can't be verified", f"Look into {mirror}.")
    story.result.released_sections = count_released(mirror, story.consent)
    found = tampering.try_all(
        mirror, story.exchange.folder, lambda copy: judge(folder, copy, []).verified
    )
    checkpoint = MirrorFolder(mirror).checkpoint_text()
    story.result.audit = AuditReport(
        size=verdict.checkpoint.size,
        root=checkpoint.splitlines()[2],
        checkpoint=checkpoint,
        verified=verdict.verified,
        tampering_detected=all(found.values()),
    )
    _tell(story, verdict, found)


def count_released(mirror: Path, consent: str) -> int:
    """Return how many sections the log says were released under a consent.

    The objects of a release are its token, its head, and then each manifest.
    """
    entries = [EntryOut.from_bytes(line) for line in MirrorFolder(mirror).entry_lines()]
    details = [one for one in map(_details, entries) if one is not None]
    return sum(
        len(one.objects) - 2
        for one in details
        if (one.action, one.outcome, one.consent) == ("release.decide", "permit", consent)
    )


def _details(entry: EntryOut) -> AuditDetails | None:
    if entry.salt is None or entry.details is None:
        return None
    return open_entry(unb64u(entry.leaf), unb64u(entry.salt), unb64u(entry.details))


def _tell(story: Story, verdict: Verdict, found: dict[str, bool]) -> None:
    report = story.result.audit
    if report is not None:
        story.tell.say(f"{report.size} entries, root {report.root}")
    story.tell.say("Every entry, tile and signature fits." if verdict.verified else "IT IS WRONG.")
    story.tell.say(f"{story.result.released_sections} sections were released under this consent.")
    story.tell.say("Now copies of the log are tampered with, and verified again:")
    for way, detected in found.items():
        story.tell.say(f"  {way}: {'found' if detected else 'NOT FOUND'}")
