"""Errors of the vocabulary.

SchemaError
├── EncodingError      bytes or text that are not in their one canonical form
└── ComponentError     a record component that breaks a rule of the booklet or its own shape
"""


class SchemaError(Exception):
    """Root of this package's errors. Messages name elements, never their values."""


class EncodingError(SchemaError):
    """A text is not the canonical encoding of any value."""


class ComponentError(SchemaError):
    """A record component, or its FHIR form, cannot be accepted. `path` names the element.

    `others` are further faults of the same content, each with its own path.
    """

    def __init__(
        self, problem: str, path: str = "", others: "tuple[ComponentError, ...]" = ()
    ) -> None:
        super().__init__(f"{path}: {problem}" if path else problem)
        self.problem = problem
        self.path = path
        self.others = others
