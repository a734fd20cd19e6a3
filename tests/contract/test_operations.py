"""The manual knows every setting, and no setting that isn't there."""

import re
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from services.hub.settings import HubSettings
from services.node.settings import NodeSettings
from services.web.metrics import Metrics

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


@pytest.mark.parametrize("process", ["hub", "node"])
def test_the_manual_names_the_metrics_that_are_there(process: str) -> None:
    metrics = Metrics(process)
    metrics.count("GET", "/healthz", 200)
    served = {sample.name for family in metrics.registry.collect() for sample in family.samples}
    named = set(re.findall(rf"`(safehand_{process}_\w+)`", MANUAL.read_text()))
    assert named == {name for name in served if not name.endswith("_created")}
