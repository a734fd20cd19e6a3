"""Refuses JSON that two parsers could read differently: duplicate keys, NaN. PROTOCOL section 2."""

import json
from typing import Any, NoReturn


def parse_strict(data: bytes) -> Any:
    """Parse JSON in UTF-8. Raises ValueError, also for duplicate keys and non-finite numbers."""
    try:
        return json.loads(data.decode(), object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate key")
    return members


def _refuse_constant(_name: str) -> NoReturn:
    raise ValueError("not a JSON number")
