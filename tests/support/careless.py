"""A facility that forgets to encrypt: what it pushes as ciphertext is not.

The hub can't tell. It shows that a plaintext which reaches the hub is found wherever it went.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from keys.randomness import new_facility_code
from schemas.encoding import digest_text
from schemas.wire.hub_api import SectionsIn
from services.hub.admin import admit_facility
from services.hub.settings import load_settings
from services.hub_client.client import open_hub_client
from services.node.folder import NodeFolder
from services.node.init import read_hub_card
from tests.support.facilities import Facility
from tests.support.loose_sections import loose_section
from tests.support.running_hub import http_seed, with_working_keys
from tests.support.watched import Watched


def give_away(world: Watched, contents: Sequence[bytes]) -> None:
    """Push each of `contents` as a section's ciphertext and as an attachment's."""
    asyncio.run(_give_away(world, contents))


async def _give_away(world: Watched, contents: Sequence[bytes]) -> None:
    now = int(time.time())
    facility = with_working_keys(Facility("careless", new_facility_code(), made_at=now - 60))
    settings = load_settings(world.folder / "hub")
    await admit_facility(settings, facility.introduction, now=now)
    card = read_hub_card(NodeFolder(world.folder / "alpha"))
    async with open_hub_client(card, http_seed("careless"), lambda: int(time.time())) as hub:
        sections = [loose_section(facility, content) for content in contents]
        await hub.push_sections(SectionsIn(sections=sections))
        for content in contents:
            await hub.put_attachment(digest_text(content), _file(world.folder, content))


def _file(folder: Path, content: bytes) -> Path:
    path = folder / "careless"
    path.write_bytes(content)
    return path
