"""Scope tags: opaque names for "this component and category of this case". PROTOCOL section 4.

Owns the computation. Does not store the case scope key, which never leaves the owner's node.
"""

import hashlib
import hmac

from exchange.errors import SealError
from schemas.encoding import b64u, pae
from schemas.sensitivity import Category, Component

CASE_SCOPE_KEY_SIZE = 32
TAG_SIZE = 16


def scope_tag(case_scope_key: bytes, component: Component, category: Category) -> str:
    """Return the tag of a component and category of one case: 16 bytes as base64url.

    First 16 bytes of HMAC-SHA-256 (RFC 2104). `case_scope_key` is 32 random bytes per case, so tags
    are stable within a case and can't be compared between cases. Raises SealError on another size.
    """
    if len(case_scope_key) != CASE_SCOPE_KEY_SIZE:
        raise SealError("a case scope key has 32 bytes")
    message = pae("scope-tag", component.encode(), category.encode())
    return b64u(hmac.new(case_scope_key, message, hashlib.sha256).digest()[:TAG_SIZE])
