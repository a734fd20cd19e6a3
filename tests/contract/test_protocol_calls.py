"""The table of calls in PROTOCOL section 8 is the hub's, call for call."""

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEALTH = {"/healthz", "/readyz", "/metrics"}
CALL = re.compile(r"`(?:(GET|POST|PUT|DELETE) )?(/\S+|\.\.\./\S+)`")


def shape(path: str) -> str:
    """Return a path with its parameters unnamed, without query."""
    path = path.split("?")[0].replace("/tile/...", "/tile/{path}")
    return re.sub(r"\{\w+\}", "{}", path)


def documented() -> set[tuple[str, str]]:
    section = (ROOT / "docs/PROTOCOL.md").read_text().split("\n## 8 ")[1].split("\n## ")[0]
    found: set[tuple[str, str]] = set()
    for row in (line for line in section.splitlines() if line.startswith("| `")):
        base = ""
        for method, path in CALL.findall(row.split("|")[1]):
            if path.startswith("..."):
                path = base + path.removeprefix("...")
            else:
                base = path
            found.add((method or "GET", shape(path)))
    return found


def test_every_call_is_in_the_table_and_no_other() -> None:
    paths = json.loads((ROOT / "openapi/hub.json").read_text())["paths"]
    calls = {
        (method.upper(), shape(path))
        for path, methods in paths.items()
        if path not in HEALTH
        for method in methods
    }
    assert documented() == calls
