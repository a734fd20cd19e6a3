"""What `release.json` and `release-defects.json` hold."""

from typing import Any

from schemas.encoding import b64u
from tests.support.facilities import NOW
from tests.support.lies import about_consent, about_statements, about_the_log
from tests.support.lies.scene import Scene, lies_of
from tests.support.story import CONSENTED, bundle
from tests.vectors.safehand.changes import differences

FROZEN = (
    "break-the-post-quantum-signature-alone",
    "forge-an-inclusion-proof",
    "leave-out-the-logs-post-quantum-signature",
    "log-the-release-as-someone-elses",
    "prove-another-entry",
    "send-a-grant-made-under-another-consent",
    "send-gammas-grant",
    "sign-a-consent-oneself",
    "sign-a-head-as-another-facility",
    "show-other-details-than-the-leaf-commits-to",
    "swap-the-bodies-of-two-sections",
    "swap-the-grants-of-two-sections",
    "swap-the-half-keys-of-two-sections",
    "widen-the-scope-of-a-token",
)
"""Lies that change a true release in few places."""


def release_file(scene: Scene) -> dict[str, Any]:
    """Return a true release and all that its recipient needs to open it."""
    story = scene.story
    keys = story.hub.log.keys
    return {
        "answer": scene.truth().model_dump(),
        "asked": scene.asked.model_dump(),
        "facility": story.beta.code,
        "fingerprint": b64u(story.beta.fingerprint),
        "kem_seed": b64u(story.beta.kem_seed),
        "pins": {code: b64u(pin) for code, pin in story.pins.items()},
        "log": {"origin": keys.origin, "ed25519": keys.ed_vkey, "ml_dsa_44": keys.ml_vkey},
        "revocations_at": NOW - 60,
        "now": NOW,
        "bundles": [bundle(labels, "version 1").decode() for labels in CONSENTED],
    }


def release_defects(base: dict[str, Any], scene: Scene) -> dict[str, dict[str, Any]]:
    """Return, for each lie, what it changes in `release.json` and how that must end.

    All are told in the scene that the true release comes from, so that they share its statements.
    """
    lies = lies_of(about_statements, about_consent, about_the_log)
    return {
        name: {
            "step": lies[name].step,
            "reason": lies[name].reason,
            "whole": lies[name].whole,
            "changes": differences(base["answer"], lies[name].tell(scene).model_dump(), "/answer"),
        }
        for name in FROZEN
    }
