"""Reads a case file and the attachments beside it.

A case file may come from someone else: what it names is read only below its own folder. Does not
check the case itself: the node does.
"""

import base64
import json
from pathlib import Path
from typing import Any

from services.cli.errors import CommandError

MAX_ATTACHMENTS_BYTES = 48 << 20
"""All attachment files of a case together; as base64 they are what a node takes in one body."""


def load_case(file: Path) -> dict[str, Any]:
    """Return a case file's JSON with attachments that lie beside it put inside.

    Raises CommandError, which names the attachment at fault.
    """
    try:
        case = json.loads(file.read_bytes())
    except ValueError:
        raise CommandError(f"{file} is not JSON", "docs/CASE.md shows a case file.") from None
    if not isinstance(case, dict):
        raise CommandError(f"{file} is no case file", "docs/CASE.md shows one.")
    attachments = case.get("attachments")
    left = MAX_ATTACHMENTS_BYTES
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, dict) and attachment.get("file") is not None:
            content = _read_attachment(file.parent, attachment, left)
            left -= len(content)
            attachment["base64"] = base64.b64encode(content).decode("ascii")
            del attachment["file"]
    return case


def _read_attachment(folder: Path, attachment: dict[str, Any], limit: int) -> bytes:
    shown = f"attachment {attachment.get('name')!r}"
    path = _inside(folder, attachment["file"])
    if path is None:
        raise CommandError(
            f"{shown}: its file is no regular file below the case file's folder",
            "Put the file beside the case file and give its path relative to it.",
        )
    with path.open("rb") as stream:
        content = stream.read(limit + 1)
    if len(content) > limit:
        raise CommandError(
            f"{shown}: attachments are more than {MAX_ATTACHMENTS_BYTES >> 20} MiB together",
            "Leave some out, and add them as another record.",
        )
    return content


def _inside(folder: Path, given: Any) -> Path | None:
    """Return the regular file that a relative path names in `folder`, links followed, else None."""
    if not isinstance(given, str) or Path(given).is_absolute():
        return None
    try:
        path = (folder / given).resolve(strict=True)
        return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # Absent, a NUL in it, links in a circle.
        return None
