"""Keeps key bytes out of places where they would linger: repr, messages, pickles, copies.

It can't wipe memory: Python may keep copies of any bytes until the process ends. PROTOCOL
section 11.
"""

from typing import NoReturn, SupportsIndex


class Concealed:
    """Base of every object that bears secret key bytes."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # Also what copy.copy and copy.deepcopy call.
        raise TypeError(f"{type(self).__name__} bears key bytes and is never copied or pickled")
