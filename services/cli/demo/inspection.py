"""Writes what Beta opened to files in clear, to be looked at: only because this is a demonstration.

A node never does this. The bundles come from Beta's FHIR API, byte for byte as they were sealed.
"""

from pathlib import Path
from typing import Any

from services.cli.demo.parties import Facility


def export_opened(beta: Facility, sections: list[dict[str, Any]], folder: Path) -> list[Path]:
    """Write each opened section's bundle, and its attachments; return the bundles' paths."""
    folder.mkdir(mode=0o700)
    return [_export(beta, one, folder) for one in sections]


def _export(beta: Facility, section: dict[str, Any], folder: Path) -> Path:
    content = beta.node.get(f"/v1/sections/{section['section']}")
    bundle = beta.node.get_bytes(f"/fhir/Bundle/{content['bundle']['id']}")
    path = folder / f"{section['component']}-{section['category']}.json"
    path.write_bytes(bundle)
    for attachment in content["attachments"]:
        data = beta.node.get_bytes(
            f"/v1/sections/{section['section']}/attachments/{attachment['digest']}"
        )
        name = f"{path.stem}-{Path(attachment['title']).name}"
        (folder / name).write_bytes(data)
    return path
