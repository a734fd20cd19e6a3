"""This test walks the main job by hand, command by command, as operators and case managers would.

It asserts that each command does what its help says, that the numbers add up on both sides, and
that what was not consented to can't be had.
"""

import json
from pathlib import Path

from tests.e2e.world import World


def test_the_main_job_by_hand(world: World) -> None:
    wrong_fingerprint_is_not_admitted(world)
    with world.serving("hub", "alpha", "beta"):
        locked_node_reads_nothing(world)
        world.unlock("alpha", "beta")
        safety_numbers_agree(world)
        sealed = world.add_sample()
        consent = world.consent_and_approve("--except", "*/identity", "--on-revocation", "erase")
        look_at_what_came(world, sealed, consent["consent"])
        take_it_back(world, consent["revocation_code"])
        what_a_node_saw_is_in_the_log(world)
        backup = back_up(world)
    come_back(world, backup)


def wrong_fingerprint_is_not_admitted(world: World) -> None:
    introduction = world.folder / "alpha" / "introduction.json"
    other = world.do("node", "fingerprint", at="beta")["fingerprint"]
    words = ["--dir", world.folder / "hub", introduction]
    for compared in (["--fingerprint", other], []):
        refused = world.installed.run("hub", "admit", *words, *compared)
        assert refused.returncode == 1
        assert "fingerprint" in refused.stderr


def locked_node_reads_nothing(world: World) -> None:
    refused = world.installed.run("record", "list", "--dir", world.folder / "alpha")
    assert refused.returncode == 3
    assert "unlock" in refused.stderr.lower()


def safety_numbers_agree(world: World) -> None:
    (seen,) = world.do("node", "trust", at="alpha")
    (mirrored,) = world.do("node", "trust", at="beta")
    assert seen["safety_number"] == mirrored["safety_number"]


def look_at_what_came(world: World, sealed: int, consent: str) -> None:
    opened = world.await_opened()
    assert 0 < len(opened) < sealed
    assert "identity" not in {one["category"] for one in opened}
    assert {one["consent"] for one in opened} == {consent}
    content = json.loads(world.say("record", "show", opened[0]["record"], at="beta"))
    assert content["own"] is False
    (known,) = world.do("consent", "list", at="beta")
    assert (known["consent"], known["issued"]) == (consent, False)


def take_it_back(world: World, code: str) -> None:
    slip = world.folder / "slip"
    slip.write_text(code + "\n")
    world.do("revoke", "--code-file", slip, at="beta")
    world.settle("beta")
    assert all(one["reasons"] for one in world.do("record", "opened", at="beta"))
    (known,) = world.do("consent", "list", at="beta")
    assert known["state"] in ("revoked", "erased")


def what_a_node_saw_is_in_the_log(world: World) -> None:
    """The auditor holds the log against a checkpoint that Beta kept."""
    seen = world.folder / "beta.checkpoint"
    seen.write_text(world.say("node", "checkpoint", at="beta"), "utf-8")
    verdict = world.say("auditor", "verify", "--earlier", seen, at="auditor")
    assert "The log is as it was signed." in verdict


def back_up(world: World) -> Path:
    """Beside the running node."""
    world.do("pull", at="alpha")
    backup = world.folder / "alpha.backup"
    world.say("node", "backup", backup, "--passphrase-file", world.secret, at="alpha")
    return backup


def come_back(world: World, backup: Path) -> None:
    """The passphrase is lost and the disk is gone: backup and recovery code bring the node back."""
    code, new = world.folder / "alpha.recovery", world.folder / "new-passphrase"
    new.write_text("quite another passphrase\n")
    recovery = ["--recovery-code-file", code]
    first = world.folder / "restored-passphrase"
    first.write_text("set when it was restored\n")
    chosen = ["--passphrase-file", first]
    world.say("node", "restore", backup, *recovery, *chosen, at="alpha-again")
    world.say("node", "passphrase", *recovery, "--passphrase-file", new, at="alpha-again")
    with world.serving("alpha-again"):
        world.say("node", "unlock", "--passphrase-file", new, at="alpha-again")
        (case,) = world.do("record", "list", at="alpha-again")["cases"]
        record = case["records"][0]["record"]
        assert "content" in json.loads(world.say("record", "show", record, at="alpha-again"))
