"""A local system that stores cases at a node which may die at any moment, and its own account."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any

from services.cli.errors import CommandError, NodeRefusalError
from services.cli.node_access import NodeAccess
from tests.support import node_cases
from tests.support.exchange import Exchange

AT_ONCE = 3


@dataclass
class Storing:
    """Stores cases at Alpha until it is gone; `stored` has the answer to what it acknowledged."""

    world: Exchange
    dice: random.Random
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: dict[str, Any] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    def until_killed(self, *, after: int) -> None:
        """Store cases, several at a time; kill Alpha after so many answers, amid others."""
        enough, reached = len(self.stored) + after, Event()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            threads = [pool.submit(self._go_on, enough, reached) for _ in range(AT_ONCE)]
            assert reached.wait(60)
            self.world.nodes["alpha"].kill()
        for thread in threads:
            thread.result()

    def _go_on(self, enough: int, reached: Event) -> None:
        with self.world.node("alpha") as alpha:
            while self._store_one(alpha):
                if len(self.stored) >= enough:
                    reached.set()

    def _store_one(self, alpha: NodeAccess) -> bool:
        code = f"KILLED-{next(self.numbers):05}"
        case = node_cases.case(
            code,
            identity=node_cases.identity(),
            health=node_cases.health(f"complaint of {code}"),
        )
        self.sent[code] = case
        try:
            self.stored[code] = self.store(alpha, code)
        except NodeRefusalError:
            raise
        except CommandError:  # it is gone
            return False
        return True

    def store(self, alpha: NodeAccess, code: str) -> Any:
        """Store a case that was made before."""
        return alpha.post("/v1/cases", {"author": self.author, "case": self.sent[code]})

    @property
    def author(self) -> str:
        return self.world.staff["alpha"]


def sections_in(records: list[dict[str, Any]]) -> set[tuple[str, int]]:
    """Return id and version of each section of some records."""
    return {
        (section["section"], section["version"])
        for record in records
        for section in record["sections"]
    }
