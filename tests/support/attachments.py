"""Opening an attachment that is small enough to lie in memory, in one step."""

from exchange.opening import AttachmentOpener
from exchange.section import AttachmentDescriptor


def open_attachment(
    ciphertext: bytes, descriptor: AttachmentDescriptor, *, owner: str, case: str
) -> bytes:
    """Open all of it or nothing. Raises OpenError."""
    opener = AttachmentOpener(descriptor, owner=owner, case=case)
    return opener.update(ciphertext) + opener.finish()
