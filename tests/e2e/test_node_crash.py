"""This test asserts that a node which is killed loses nothing that it acknowledged.

After the restart, still locked, it goes on pushing what was sealed and takes revocations.
"""

import json
import threading
import time
from collections.abc import Callable

from services.cli.errors import CommandError
from services.cli.node_access import NodeAccess, open_node
from tests.e2e.world import READY_SECONDS, World

WRITERS = 3
ENOUGH = 12
"""Records acknowledged before the node is killed, with others on the way."""


def test_what_was_acknowledged_survives_and_is_pushed_by_the_locked_node(
    world: World,
) -> None:
    # The hub is away at first: everything has to wait in the outbox.
    with world.serving("alpha") as (alpha,):
        world.unlock("alpha")
        stored = write_until_killed(world, alpha.kill)
    assert len(stored) >= ENOUGH
    with world.serving("alpha", "hub"), open_node(world.folder / "alpha") as node:
        assert node.get("/v1/status")["locked"] is True
        await_pushed(node)
        assert node.get("/v1/status")["locked"] is True
        world.unlock("alpha")
        require_all(node, stored)
        assert "The log is as it was signed." in world.say("auditor", "verify", at="auditor")


def write_until_killed(world: World, kill: Callable[[], None]) -> dict[str, str]:
    """Write records from several threads, kill the node amid them; return what it acknowledged."""
    sample = json.loads(world.installed.done("demo", "--print-case"))["components"]
    author, stored = world.staff["alpha"], dict[str, str]()

    def write(writer: int) -> None:
        with open_node(world.folder / "alpha") as node:
            for number in range(1_000):
                code = f"CASE-{writer}-{number}"
                body = {"author": author, "code_number": code, "component": "administrative"}
                try:
                    answer = node.post("/v1/records", body | {"record": sample["administrative"]})
                except CommandError:
                    return
                stored[code] = answer["records"][0]["record"]

    threads = [threading.Thread(target=write, args=(one,)) for one in range(WRITERS)]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + READY_SECONDS
    while len(stored) < ENOUGH and time.monotonic() < deadline:
        time.sleep(0.001)
    kill()
    for thread in threads:
        thread.join()
    return stored


def await_pushed(node: NodeAccess) -> None:
    deadline = time.monotonic() + 60
    while node.get("/v1/status")["outbox"]["waiting"]:
        assert time.monotonic() < deadline
        node.post("/v1/pull")
    assert node.get("/v1/status")["outbox"] == {"waiting": 0, "refused": 0}


def require_all(node: NodeAccess, stored: dict[str, str]) -> None:
    cases = node.get("/v1/records")["cases"]
    kept = {case["code_number"]: case["records"][0]["record"] for case in cases}
    assert stored.items() <= kept.items()
    for code, record in list(stored.items())[:3]:
        assert node.get(f"/v1/records/{record}")["code_number"] == code


def test_a_locked_node_takes_a_revocation(world: World) -> None:
    staff = world.staff["alpha"]
    with world.serving("hub", "alpha"):
        with world.serving("beta") as (beta,):
            world.unlock("alpha", "beta")
            world.add_sample()
            terms = ["--only", "health/*", "--on-revocation", "erase"]
            consent = world.consent_and_approve(*terms)["consent"]
            assert world.await_opened()
            beta.kill()
        world.do("revoke", consent, "--staff", staff, at="alpha")
        with world.serving("beta"), open_node(world.folder / "beta") as node:
            assert node.get("/v1/status")["locked"] is True
            assert await_state(node, consent) == "erased"
            world.unlock("beta")
            assert all("erased" in one["reasons"] for one in node.get("/v1/opened")["sections"])
    assert not [path for path in (world.folder / "beta" / "received").rglob("*") if path.is_file()]


def await_state(node: NodeAccess, consent: str) -> str:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        node.post("/v1/pull")
        (known,) = node.get("/v1/consents")["consents"]
        assert known["consent"] == consent
        if known["state"] != "approved" and known["state"] != "active":
            break
    return str(known["state"])
