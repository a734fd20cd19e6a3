"""Errors of the auditor's tool.

AuditorError
├── MirrorError       the mirror's folder is not one, or its own files contradict each other
└── AuditorKeyError   the auditor's key is missing or already there

That a log is wrong is no error: it is a finding.
"""


class AuditorError(Exception):
    """Root of this package's errors."""


class MirrorError(AuditorError):
    """The mirror cannot be read or continued. The message says what to do."""


class AuditorKeyError(AuditorError):
    """The auditor's key cannot be made or read. The message says what to do."""
