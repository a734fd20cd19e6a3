"""The components as FHIR R4 resources, and back. Nothing here may be loaded by the hub."""
