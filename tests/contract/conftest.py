"""The independent FHIR judge as a fixture."""

from tests.support.medplum import medplum

__all__ = ["medplum"]
