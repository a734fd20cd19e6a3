"""Content leaves a node through `services.node.egress` alone: the source is held to that."""

import ast
from collections.abc import Iterator
from pathlib import Path

import services.node.egress

NODE = Path(services.node.egress.__file__).parent

OPENERS = {
    "egress.py": {"open_own_section", "OpenedSection"},
    "released.py": {"open_grant", "open_section", "OpenedSection"},
    "opening.py": {"open_release", "OpenedRelease", "ReleasedContent"},
    "messages.py": {"open_message"},
    "attachments.py": {"AttachmentOpener"},
}
"""Who may import what from `exchange.opening`: first opening, choke point, helpers."""

HELPERS = {
    "open_stored": {"egress.py"},
    "section_key": {"egress.py", "grants.py"},
}
"""Functions that yield content or keys, and who may import them."""


def _imports() -> Iterator[tuple[str, str, str]]:
    """Yield (file, module, name) of every import in the node's source."""
    for path in NODE.rglob("*.py"):
        for statement in ast.walk(ast.parse(path.read_text())):
            if isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    yield path.relative_to(NODE).as_posix(), statement.module or "", alias.name
            elif isinstance(statement, ast.Import):
                for alias in statement.names:
                    yield path.relative_to(NODE).as_posix(), alias.name, ""


def test_only_these_modules_open_anything() -> None:
    found: dict[str, set[str]] = {}
    for file, module, name in _imports():
        assert module not in ("keys.opening",) or file == "backup.py", file
        if module == "exchange.opening":
            found.setdefault(file, set()).add(name)
    assert found == OPENERS


def test_content_and_keys_are_handed_to_the_choke_point_only() -> None:
    users: dict[str, set[str]] = {name: set() for name in HELPERS}
    for file, _, name in _imports():
        if name in users:
            users[name].add(file)
    assert users == HELPERS


def test_routes_reach_no_store_of_sections() -> None:
    for file, module, name in _imports():
        if file.startswith("routes/"):
            assert "egress" not in (module.rpartition(".")[2], name), file
            assert name not in ("SectionRow", "OpenedRow"), file
