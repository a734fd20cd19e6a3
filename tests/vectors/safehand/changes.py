"""Changes: what differs between two JSON documents, as a map from paths to new values."""

import copy
from typing import Any

Changes = dict[str, Any]


def differences(base: Any, other: Any, path: str = "") -> Changes:
    """Return the changes that make `other` of `base`; lists of unequal length change as a whole."""
    if type(base) is not type(other) or not isinstance(base, dict | list):
        return {} if base == other else {path: other}
    if isinstance(base, list):
        if len(base) != len(other):
            return {path: other}
        base, other = dict(enumerate(base)), dict(enumerate(other))
    if base.keys() != other.keys():
        return {path: other}
    found: Changes = {}
    for key in base:
        found |= differences(base[key], other[key], f"{path}/{key}")
    return found


def changed(base: Any, changes: Changes) -> Any:
    """Return a copy of `base` with the changes applied."""
    document = copy.deepcopy(base)
    for path, value in changes.items():
        *parents, last = path.removeprefix("/").split("/")
        place = document
        for name in parents:
            place = place[_key(place, name)]
        place[_key(place, last)] = value
    return document


def _key(place: Any, name: str) -> str | int:
    return int(name) if isinstance(place, list) else name
