"""Value sets as data: FHIR CodeSystems and ValueSets of our own codes, and our own labels."""
