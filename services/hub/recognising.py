"""Callers of routes that are open to everyone: who signs well gets an answer tied to the signature.

Owns that a signature changes nothing but the form of the answer: it is not audited and its nonce is
not used up. PROTOCOL section 8.
"""

from typing import Annotated

from fastapi import Depends, Request

from services.hub.calls import Call, authenticate
from services.web.errors import AuthenticationError


async def recognise(request: Request) -> Call | None:
    """Return the call of whoever signed; None if nobody did. Raises AuthenticationError."""
    if "signature" not in request.headers:
        return None
    call = await authenticate(request)
    del request.state.call  # or a refusal would be audited under the caller's name
    request.state.recognised = call
    return call


async def recognise_if_valid(request: Request) -> Call | None:
    """Return the call of whoever signed; None also for a signature that does not hold."""
    try:
        return await recognise(request)
    except AuthenticationError:
        return None


Open = Annotated[Call | None, Depends(recognise)]
"""Declares a route that needs no signature and refuses one that does not hold."""

OpenToAll = Annotated[Call | None, Depends(recognise_if_valid)]
"""Declares a route that must work whatever the signature is worth."""
