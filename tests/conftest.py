"""What holds for every test: no traffic beyond this machine, and how hard Hypothesis tries.

HYPOTHESIS_PROFILE chooses `default`, `ci` (the same examples every time) or `thorough`.
"""

import os

from hypothesis import settings

from tests.support.loopback import forbid_other_hosts

settings.register_profile("default", max_examples=60, deadline=None)
settings.register_profile("ci", max_examples=60, deadline=None, derandomize=True)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default")
)

forbid_other_hosts()
