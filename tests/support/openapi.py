"""Writes the descriptions in openapi/ as the applications are now: `make openapi`."""

from pathlib import Path

from services.hub.description import hub_description
from services.node.description import node_description

FOLDER = Path(__file__).parents[2] / "openapi"


def main() -> None:
    """Write both files."""
    (FOLDER / "hub.json").write_text(hub_description())
    (FOLDER / "node.json").write_text(node_description())


if __name__ == "__main__":
    main()
