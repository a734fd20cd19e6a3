"""The story: one case goes from Alpha to Beta, as far as the person agreed, and no further.

Each step acts through a node's own API, says what happened, and takes its numbers from what was
answered.
"""

from typing import Any

from keys.randomness import new_id
from services.cli.demo.inspection import export_opened
from services.cli.demo.scene import PURPOSE, Story, incoming_request, take_inventory, wait_until
from services.cli.demo.source import consent_form, withheld_categories
from services.cli.errors import CommandError
from services.cli.times import now

CONSENT_SECONDS = 90 * 86_400


def seal_and_push(story: Story) -> None:
    """Alpha stores the case; sealed sections go to the hub."""
    story.tell.step("Alpha writes the case down and seals it")
    alpha = story.alpha
    author = alpha.staff["psychiatrist"]
    alpha.node.post("/v1/cases", {"author": author, "case": story.case.case})
    alpha.settle()
    take_inventory(story)
    parts = sorted({component for component, _ in story.sections.values()})
    story.tell.say(f"Case {story.case.code_number}: {story.case.origin}.")
    story.tell.say(f"Components: {', '.join(parts)}.")
    story.tell.say(
        f"{len(story.sections)} sections, one for each sensitivity of each component, are sealed "
        "on Alpha's own machine and pushed to the hub: ciphertext under random ids."
    )


def refuse_without_consent(story: Story) -> None:
    """Beta asks for a release although nobody consented to anything."""
    story.tell.step("Beta tries to have it without a consent")
    story.expect_refusal(
        "Beta asks for a release before there is any consent",
        "One release is decided against exactly one consent; there is none.",
        lambda: story.ask_release(story.beta, new_id()),
    )


def request_the_case(story: Story) -> None:
    """Beta asks Alpha, in a message that only Alpha can read."""
    story.tell.step("Beta asks Alpha for the case")
    words = "She comes home next week. Please let us have what we need to go on caring for her."
    body = {"to": "Alpha", "code_number": story.case.code_number, "purpose": PURPOSE}
    story.beta.node.post("/v1/requests", body | {"words": words})
    story.beta.settle()
    story.tell.say("The request names the case by its code number, sealed to Alpha.")
    story.tell.say("The hub sees that Beta wrote to Alpha, and no more.")


def record_consent(story: Story) -> None:
    """Alpha's case manager records what the person agrees to; some categories are left out."""
    story.tell.step("Alpha's case manager takes the person's consent")
    present = {category for _, category in story.sections.values()}
    withheld = withheld_categories(present)  # type: ignore[arg-type]
    body = {
        "staff": story.alpha.staff["case-manager"],
        "code_number": story.case.code_number,
        "recipient": "Beta",
        "purpose": PURPOSE,
        "scope": {"all_except": [{"category": category} for category in withheld]},
        "valid_until": now() + CONSENT_SECONDS,
        "on_revocation": "block",
        "form": consent_form(withheld),
    }
    made = story.alpha.node.post("/v1/consents", body)
    story.consent, story.revocation_code = made["consent"], made["revocation_code"]
    story.alpha.settle()
    take_inventory(story)
    story.tell.say(f"To Beta, for coordination of care, for 90 days. Left out: {_list(withheld)}.")
    story.tell.say("The form is sealed like any record. What leaves is a token, signed with the")
    story.tell.say("case manager's own key: opaque tags, one recipient, an end.")
    story.tell.say("The person gets a code with which she can take it back at any facility.")


def approve(story: Story) -> None:
    """Alpha's case manager approves: a grant for each section in scope, and nothing else."""
    story.tell.step("Alpha's case manager approves the request")
    request = incoming_request(story, story.beta)
    staff = story.alpha.staff["case-manager"]
    body = {"staff": staff, "consent": story.consent}
    done = story.alpha.node.post(f"/v1/requests/{request}/approve", body)
    story.alpha.settle()
    story.result.consented_sections = done["granted"]
    story.tell.say(f"{done['granted']} of {len(story.sections)} sections are granted to Beta.")
    story.tell.say("Of each key Beta will get one half from the grant and one from the hub.")


def release_and_open(story: Story) -> None:
    """Beta's node takes the answer, asks for the release, checks everything and opens it."""
    story.tell.step("The hub decides and releases; Beta checks and opens")
    released: list[dict[str, Any]] = []

    def opened() -> bool:
        story.beta.node.post("/v1/pull")
        releases = story.beta.node.get("/v1/releases")["releases"]
        mine = [one for one in releases if one["consent"] == story.consent]
        _require_openable(mine)
        released[:] = [one for one in mine if one["state"] == "opened"]
        return bool(released)

    wait_until(opened, "Beta did not get the release")
    story.beta.settle()
    sections = story.beta.node.get("/v1/opened", code_number=story.case.code_number)["sections"]
    held = {one["section"] for one in sections}
    story.result.opened_sections = sum(one["opened"] for one in released)
    story.result.withheld_sections = len(story.sections.keys() - held)
    folder = story.exchange.folder / "beta-opened"
    story.result.opened_bundles = [
        str(path) for path in export_opened(story.beta, sections, folder)
    ]
    story.tell.say(f"Beta's node opened {story.result.opened_sections} sections, in this order of")
    story.tell.say(
        "checks: pins, signatures, grant, consent, audit proof, decryption, author, labels."
    )
    story.tell.say(f"Of {story.result.withheld_sections} sections Beta holds nothing at all.")


def _require_openable(releases: list[dict[str, Any]]) -> None:
    for one in releases:
        if one["state"] in ("unopenable", "refused"):
            raise CommandError(f"Beta's release is {one['state']}: {one['findings']}", "")


def ask_beyond_the_scope(story: Story) -> None:
    """Beta asks for a section that the person left out, by its id."""
    story.tell.step("Beta asks for a section that was left out")
    sections = story.beta.node.get("/v1/opened")["sections"]
    held = {one["section"] for one in sections}
    # Of the case itself, if there is one; the consent form is always left out.
    left_out = min(
        story.sections.keys() - held, key=lambda one: (story.sections[one][0] == "consent", one)
    )
    component, category = story.sections[left_out]
    story.expect_refusal(
        f"Beta asks by id for a section outside the consent ({component}/{category})",
        "Its tag is not in the consent's scope, whatever it may hold.",
        lambda: story.ask_release(story.beta, story.consent, left_out),
    )


def try_as_a_stranger(story: Story) -> None:
    """Gamma, which is admitted at the hub but named in no consent, tries what it can."""
    story.tell.step("Gamma, a third facility, tries to have it too")
    story.expect_refusal(
        "Gamma asks for a release under Beta's consent",
        "To Gamma the consent does not exist: not yours and not there are the same answer.",
        lambda: story.ask_release(story.gamma, story.consent),
    )
    body = {"to": "Alpha", "code_number": story.case.code_number, "purpose": PURPOSE}
    story.gamma.node.post("/v1/requests", body)
    story.gamma.settle()
    request = incoming_request(story, story.gamma)
    staff = story.alpha.staff["case-manager"]
    story.expect_refusal(
        "Alpha approves Gamma's request under Beta's consent",
        "Alpha has never compared fingerprints with Gamma; nothing is granted to it.",
        lambda: story.alpha.node.post(
            f"/v1/requests/{request}/approve", {"staff": staff, "consent": story.consent}
        ),
    )


def revoke(story: Story) -> None:
    """Take the consent back with the person's own code, at Beta."""
    story.tell.step("The person takes her consent back")
    sections = story.beta.node.get("/v1/opened", code_number=story.case.code_number)["sections"]
    story.beta.node.post("/v1/revocations", {"code": story.revocation_code})
    story.beta.settle()
    story.tell.say("With the code on her slip, at Beta. The hub destroys the half-keys with it.")
    story.expect_refusal(
        "Beta asks for a release again",
        "It was taken back.",
        lambda: story.ask_release(story.beta, story.consent),
    )
    story.expect_refusal(
        "Beta opens what it received before the revocation",
        "Its own node decides again at each view. What was read can't be unread.",
        lambda: story.beta.node.get(f"/v1/sections/{sections[0]['section']}"),
    )


def _list(words: list[Any]) -> str:
    return ", ".join(words) or "nothing"


STEPS = (
    seal_and_push,
    refuse_without_consent,
    request_the_case,
    record_consent,
    approve,
    release_and_open,
    ask_beyond_the_scope,
    try_as_a_stranger,
    revoke,
)


def run(story: Story) -> None:
    """Tell the whole story. Raises CommandError."""
    for step in STEPS:
        step(story)
