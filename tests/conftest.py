"""What holds for every test: traffic stays here, one PostgreSQL, how hard Hypothesis tries.

HYPOTHESIS_PROFILE chooses `default`, `ci` (the same examples every time) or `thorough`.
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support import postgres
from tests.support.loopback import forbid_other_hosts

settings.register_profile("default", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
)

forbid_other_hosts()


def pytest_report_header() -> str:
    """Say in the header where PostgreSQL comes from."""
    return postgres.describe()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for the whole session: the URL of its administration."""
    with postgres.server() as url:
        yield url
