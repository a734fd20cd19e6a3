"""A run of the benchmark as a table for people and as JSON for machines."""

import json
import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.measures import Ratio, Served, Timed, as_json

WIDTH = 140
LIBRARIES = ("cryptography", "fastapi", "uvicorn", "pydantic", "asyncpg", "http-message-signatures")


@dataclass
class Report:
    """Everything that one run measured."""

    served: list[Served] = field(default_factory=list)
    timed: list[Timed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a reader must know to judge the figures."""
    seconds: float = 0.0

    def missed(self) -> list[str]:
        """Return which aims were not reached, in words."""
        return [
            f"{row.work}, {row.database}, {row.connections} connections: "
            f"{one.value:.2f} of {one.to}, {one.aim} was aimed at"
            for row in self.served
            for one in row.ratios
            if one.aim is not None and one.value < one.aim
        ]

    def as_json(self, machine: dict[str, Any]) -> dict[str, Any]:
        """Return the run as plain values."""
        return {
            "machine": machine,
            "seconds": round(self.seconds, 1),
            "notes": self.notes,
            "served": [as_json(one) for one in self.served],
            "timed": [as_json(one) for one in self.timed],
            "missed": self.missed(),
        }


def machine() -> dict[str, Any]:
    """Return what the figures depend on; nothing that tells whose machine it is."""
    return {
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "processor": platform.machine(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
    }


def save(report: Report, described: dict[str, Any], folder: Path) -> Path:
    """Write the report into `folder` under the time of its run; return the file."""
    folder.mkdir(parents=True, exist_ok=True)
    name = described["at"].replace(":", "").replace("-", "")
    file = folder / f"{name}.json"
    file.write_text(json.dumps(report.as_json(described), indent=2) + "\n")
    return file


def show(report: Report, console: Console) -> None:
    """Print the tables, the notes, and what was missed."""
    for database, rows in groupby(report.served, key=lambda row: row.database):
        console.print(_served_table(database, list(rows)))
    for group, timed in groupby(report.timed, key=lambda row: row.group):
        console.print(_timed_table(group, list(timed)))
    for note in report.notes:
        console.print(f"- {note}")
    for one in report.missed():
        console.print(f"- missed: {one}")


def console() -> Console:
    """Return a console on stdout; in a pipe or a log it is as wide as the tables need."""
    found = Console()
    return found if found.is_terminal else Console(width=WIDTH)


def _served_table(database: str, rows: Sequence[Served]) -> Table:
    table = Table(title=f"hub on {database}, one worker", title_justify="left")
    table.add_column("work", no_wrap=True)
    for name in (
        "c",
        "per s",
        "min..max",
        "p50 ms",
        "p99 ms",
        "share of floor",
        "CPU µs",
        "MiB",
        "gen.",
    ):
        table.add_column(name, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(
            row.work,
            str(row.connections),
            f"{row.per_second:,.0f}",
            f"{min(row.rounds):,.0f}..{max(row.rounds):,.0f}",
            f"{row.p50_ms:.2f}",
            f"{row.p99_ms:.2f}",
            _ratios(row.ratios),
            f"{row.server_micros:,.0f}",
            f"{row.server_mib:.0f}",
            f"{row.generator:.0%}",
        )
    return table


def _timed_table(group: str, rows: Sequence[Timed]) -> Table:
    table = Table(title=f"{group}, in this process", title_justify="left")
    table.add_column("size", no_wrap=True)
    table.add_column("work", no_wrap=True)
    for name in ("µs", "best", "per s", "speed against", "more"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(
            row.size,
            row.work,
            f"{row.micros:,.1f}",
            f"{row.best_micros:,.1f}",
            f"{row.per_second:,.0f}",
            _ratios(row.ratios),
            ", ".join(f"{name} {value:g}" for name, value in row.detail.items()),
        )
    return table


def _ratios(ratios: Sequence[Ratio]) -> str:
    return "\n".join(f"{one.value:.2f} {_short(one.to)}" for one in ratios)


def _short(name: str) -> str:
    """Return a floor's letter, or the part of a name before its colon."""
    return name[:3] if name.startswith("(") else name.partition(":")[0]
