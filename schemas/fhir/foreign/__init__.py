"""Readers of foreign FHIR resources, one module per group of facts."""
