"""What the steps of the story share: who takes part, what came of it so far, and trying things.

What must be refused is really tried; if it is not refused the demo fails.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.cli.demo.narration import Narrator
from services.cli.demo.parties import Exchange, Facility
from services.cli.demo.result import DemoResult, Refused
from services.cli.demo.source import DemoCase
from services.cli.errors import CommandError, NodeRefusalError

PURPOSE = "COC"
"""Coordination of care, in HL7's words."""
PATIENCE = 60
"""Seconds that something may take to arrive at the other side."""


@dataclass
class Story:
    """Who takes part, and what came of it so far."""

    exchange: Exchange
    case: DemoCase
    result: DemoResult
    tell: Narrator
    sections: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Component and category of each of Alpha's sections, by id."""
    consent: str = ""
    revocation_code: str = field(default="", repr=False)

    @property
    def alpha(self) -> Facility:
        """The facility that holds the case."""
        return self.exchange.facilities["Alpha"]

    @property
    def beta(self) -> Facility:
        """The facility that will care for the person next."""
        return self.exchange.facilities["Beta"]

    @property
    def gamma(self) -> Facility:
        """A facility that has no business with the case."""
        return self.exchange.facilities["Gamma"]

    def expect_refusal(self, attempt: str, why: str, act: Callable[[], Any]) -> None:
        """Do what must be refused, and record how it was. Raises CommandError if it was not."""
        try:
            act()
        except NodeRefusalError as refusal:
            reason = ", ".join(refusal.reasons) or refusal.slug
            self.result.refused.append(Refused(attempt, refusal.status, reason))
            self.tell.refused(attempt, refusal.status, reason, why)
            return
        raise CommandError(f"this was not refused: {attempt}", "Report it: see SECURITY.md.")

    def ask_release(self, facility: Facility, consent: str, *sections: str) -> Any:
        """Let a facility ask the hub for a release."""
        body = {"consent": consent, "purpose": PURPOSE, "sections": list(sections)}
        return facility.node.post("/v1/releases", body)


def take_inventory(story: Story) -> None:
    """Note Alpha's sections of the case, once the hub has taken every one of them."""
    status = story.alpha.node.get("/v1/outbox")
    if status["waiting"] or status["refused"]:
        raise CommandError("the hub did not take all of Alpha's sections", f"Outbox: {status}")
    cases = story.alpha.node.get("/v1/records", code_number=story.case.code_number)["cases"]
    story.sections = {
        section["section"]: (record["component"], section["category"])
        for case in cases
        for record in case["records"]
        for section in record["sections"]
    }
    story.result.sealed_sections = len(story.sections)


def incoming_request(story: Story, sender: Facility) -> str:
    """Return the id of the request that Alpha received from a facility."""
    found: list[str] = []

    def arrived() -> bool:
        story.alpha.node.post("/v1/pull")
        requests = story.alpha.node.get("/v1/requests")["requests"]
        incoming = [one for one in requests if one["direction"] == "incoming"]
        found[:] = [one["request"] for one in incoming if one["facility"] == sender.code]
        return bool(found)

    wait_until(arrived, f"{sender.name}'s request did not arrive at Alpha")
    return found[-1]


def wait_until(condition: Callable[[], bool], otherwise: str) -> None:
    """Wait for something that other processes bring about. Raises CommandError."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise CommandError(otherwise, f"Nothing came within {PATIENCE} seconds.")
        time.sleep(0.2)
