"""The manual knows every setting, and no setting that isn't there."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from services.hub.settings import HubSettings
from services.node.settings import NodeSettings

MANUAL = Path(__file__).parents[2] / "docs" / "OPERATIONS.md"


def documented(heading: str) -> set[str]:
    section = MANUAL.read_text().split(heading, 1)[1].split("\n## ", 1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.parametrize(
    ("heading", "settings"),
    [("### Settings of the hub", HubSettings), ("### Settings of a node", NodeSettings)],
)
def test_every_setting_is_documented(heading: str, settings: type[BaseSettings]) -> None:
    assert documented(heading) == set(settings.model_fields)
