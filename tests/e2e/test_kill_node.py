"""A node that is killed (SIGKILL) while a local system stores cases, and a hub that is away.

What was acknowledged to the local system is there after the restart, readable and once; what was
not is there whole or not at all. Still locked, nodes push what was sealed and carry out
revocations. PROTOCOL section 11.
"""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from exchange.audit import checkpoint
from exchange.audit.checkpoint import HubLogKeys
from schemas.encoding import unb64u
from services.cli.errors import NodeRefusalError
from services.cli.node_access import NodeAccess
from tests.e2e.installed import Installed
from tests.support import node_cases
from tests.support.exchange import Exchange, settle, wait_for
from tests.support.running_hub import naive_root
from tests.support.storing import Storing, sections_in

HASTY = {"poll_seconds": 0.3, "retry_seconds": 0.6, "answer_seconds": 1.0}
KILLS = 4


def test_a_killed_node_keeps_its_word(installed: Installed, tmp_path: Path) -> None:
    world = Exchange(tmp_path, installed.command, node_settings=HASTY)
    world.found()
    with world.running():
        consent = hand_a_case_over(world)
        world.hub.stop()
        storing = Storing(world, random.Random())
        for _ in range(KILLS):
            storing.until_killed(after=storing.dice.randrange(1, 12))
            world.nodes["alpha"].start()
            world.unlock("alpha")
            require_cases(world, storing)
        take_back_in_an_outage(world, consent)
        for node in world.nodes.values():
            node.kill()
        for process in (world.hub, *world.nodes.values()):
            process.start()
        require_locked_nodes_go_on(world, storing)
        for name in world.nodes:
            world.unlock(name)
        require_cases(world, storing)
        with world.node("beta") as beta:
            assert beta.get("/v1/opened")["sections"] == []


def hand_a_case_over(world: Exchange) -> str:
    """Let one case go from Alpha to Beta; return the consent."""
    with world.node("alpha") as alpha, world.node("beta") as beta:
        for name, node, other in (("alpha", alpha, beta), ("beta", beta, alpha)):
            world.unlock(name)
            node.post("/v1/trust", {"alias": "partner", **other.get("/v1/fingerprint")})
            body = {"role": "case-manager", "name": "N. N."}
            world.staff[name] = node.post("/v1/staff", body)["staff"]
        alpha.post("/v1/cases", {"author": world.staff["alpha"], "case": node_cases.case()})
        asked = {"to": "partner", "code_number": node_cases.CODE, "purpose": "COC"}
        request = beta.post("/v1/requests", asked)["id"]
        settle(beta, alpha)
        terms = {
            "staff": world.staff["alpha"],
            "code_number": node_cases.CODE,
            "recipient": "partner",
            "purpose": "COC",
            "scope": {"all_except": []},
            "valid_until": int(time.time()) + 86_400,
            "on_revocation": "erase",
            "form": node_cases.FORM,
        }
        consent = str(alpha.post("/v1/consents", terms)["consent"])
        body = {"staff": world.staff["alpha"], "consent": consent}
        alpha.post(f"/v1/requests/{request}/approve", body)
        settle(alpha)
        assert len(wait_for(lambda: opened(beta))) > 1
    return consent


def opened(beta: NodeAccess) -> list[Any]:
    settle(beta)
    return list(beta.get("/v1/opened")["sections"])


def require_cases(world: Exchange, storing: Storing) -> None:
    """Require what was acknowledged; of the rest each case is there whole, or not at all."""
    with world.node("alpha") as alpha:
        cases = {one["code_number"]: one["records"] for one in alpha.get("/v1/records")["cases"]}
        for code in storing.sent:
            if code in cases:
                require_whole(alpha, code, cases[code])
            again = storing.store(alpha, code)
            assert code in cases or code not in storing.stored
            if code in cases:
                assert sections_in(again["records"]) == sections_in(cases[code])
                if code in storing.stored:
                    stored = storing.stored[code]["records"]
                    assert sections_in(stored) == sections_in(cases[code])
            storing.stored[code] = again
        require_sound_log(alpha)


def require_whole(alpha: NodeAccess, code: str, records: list[Any]) -> None:
    """Require both records of a case, readable, with the attachment."""
    by_component = {one["component"]: one for one in records}
    assert by_component.keys() == {"identity", "health"}
    health = alpha.get(f"/v1/records/{by_component['health']['record']}")
    assert [one["text"] for one in health["content"]["complaints"]] == [f"complaint of {code}"]
    assert health["withheld"] == []
    section = next(
        one["section"]
        for one in by_component["health"]["sections"]
        if one["category"] == "legal-liaison"
    )
    (attachment,) = alpha.get(f"/v1/sections/{section}")["attachments"]
    content = alpha.get_bytes(f"/v1/sections/{section}/attachments/{attachment['digest']}")
    assert content == node_cases.ATTACHMENT


def require_sound_log(node: NodeAccess) -> None:
    """Require the node's own log to be dense and signed as it is."""
    log = node.get("/v1/audit", count=1000)
    text = log["checkpoint"]
    keys = HubLogKeys(text.split("\n")[0], log["log_ed25519"], log["log_ml_dsa_44"])
    signed = checkpoint.verify(text, keys)
    assert [one["index"] for one in log["entries"]] == list(range(signed.size))
    assert naive_root([unb64u(one["leaf"]) for one in log["entries"]]) == signed.root


def take_back_in_an_outage(world: Exchange, consent: str) -> None:
    """Let Alpha revoke while the hub is away: it is told later. What waits has grown."""
    with world.node("alpha") as alpha:
        body = {"staff": world.staff["alpha"], "reason": "withdrawn"}
        assert alpha.post(f"/v1/consents/{consent}/revoke", body)["delivery"] == "queued"
        status = alpha.get("/v1/status")
        assert status["outbox"]["waiting"] > len(alpha.get("/v1/records")["cases"])
        assert status["hub"]["trouble"] == "hub-unavailable"


def require_locked_nodes_go_on(world: Exchange, storing: Storing) -> None:
    """Require that locked nodes push what was sealed, and take and carry out the revocation."""
    with world.node("alpha") as alpha, world.node("beta") as beta:
        wait_for(lambda: alpha.get("/v1/outbox") == {"waiting": 0, "refused": []})
        (consent,) = wait_for(lambda: erased(beta))
        assert consent["revoked_at"] is not None
        for node in (alpha, beta):
            assert node.get("/v1/status")["locked"] is True
            with pytest.raises(NodeRefusalError) as refused:
                node.get("/v1/records")
            assert refused.value.slug == "locked"
    assert list((world.folder / "beta" / "received").iterdir()) == []
    acknowledged = {one for case in storing.stored.values() for one in sections_in(case["records"])}
    assert acknowledged <= at_hub(world)


def erased(beta: NodeAccess) -> list[Any]:
    return [one for one in beta.get("/v1/consents")["consents"] if one["state"] == "erased"]


def at_hub(world: Exchange) -> set[tuple[str, int]]:
    """Return the sections that the hub has."""
    path = world.folder / "hub" / "hub.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return set(database.execute("SELECT section, version FROM sections"))
