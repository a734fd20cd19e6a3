"""Errors of a facility's node. None knows of HTTP; none carries content, names or keys.

NodeError
├── TokenError           the local API's bearer token is missing or wrong
├── HostError            the Host header is not one of this node's names
├── LockedError          the record keyring is closed: a person must unlock the node first
├── NotThereError        nothing by that id, or nothing this caller may know of
├── ConflictError        the state does not allow it (already answered, already revoked, ...)
├── DeniedError          `decide` said no; carries its reasons
├── InputError           a field can't be accepted; says which and why, never its value
├── NotTrustedError      a facility that nobody here has pinned by fingerprint
├── ForkError            the hub showed two histories: nothing is opened until a person decides
├── StorageError         the disk or the store can't take it now; nothing was done
└── FolderError          a node folder is missing, damaged, in use or in the way
    └── BackupError      a backup file can't be written, read or opened
"""

from collections.abc import Sequence


class NodeError(Exception):
    """Root of this package's errors."""


class TokenError(NodeError):
    """Who calls the local API must have read the token file."""


class HostError(NodeError):
    """A web page of somebody else's must not reach the node through the browser of its staff."""


class LockedError(NodeError):
    """Reading, sealing and approving need the record keyring."""

    def __init__(self) -> None:
        super().__init__("the node is locked: unlock it with the passphrase first")


class NotThereError(NodeError):
    """`what` is a noun of PROTOCOL section 1, never an identifier somebody typed."""

    def __init__(self, what: str) -> None:
        super().__init__(f"no such {what}")


class ConflictError(NodeError):
    """The request is well-formed, but the state of things forbids it."""


class DeniedError(NodeError):
    """A consent does not allow it. `reasons` are the slugs of PROTOCOL section 6."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("the consent does not allow this")
        self.reasons = tuple(reasons)


class InputError(NodeError):
    """One or more fields can't be accepted. Each is (path, problem)."""

    def __init__(self, *fields: tuple[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {problem}" for path, problem in fields))
        self.fields: Sequence[tuple[str, str]] = fields


class NotTrustedError(NodeError):
    """The facility is not pinned here."""

    def __init__(self) -> None:
        super().__init__("compare fingerprints with this facility and trust it first")


class ForkError(NodeError):
    """The hub's log is not an extension of what it showed before."""

    def __init__(self) -> None:
        super().__init__("the hub's log contradicts what it showed this node before")


class StorageError(NodeError):
    """The disk is full or fails. Nothing was done."""


class FolderError(NodeError):
    """What is wrong with the folder, and what to do."""


class BackupError(FolderError):
    """What is wrong with the backup, and what to do."""
