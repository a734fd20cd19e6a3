"""Tells the sync loop that there is something to do, and lets others wait for a round's end."""

import asyncio


class Wake:
    """A bell: `ring` it, and whoever sleeps in `sleep` goes on."""

    def __init__(self) -> None:
        self._bell = asyncio.Event()

    def ring(self) -> None:
        """Wake the sleeper, now or when it next lies down."""
        self._bell.set()

    async def sleep(self, seconds: float) -> None:
        """Sleep for `seconds` or until the bell rings."""
        try:
            async with asyncio.timeout(seconds):
                await self._bell.wait()
        except TimeoutError:
            return
        finally:
            self._bell.clear()
