"""One table per component: its fields and their FHIR R4 elements."""
