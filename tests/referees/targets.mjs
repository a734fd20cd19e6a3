// Gives every reference to another entry of the same bundle the form `Type/id`, so that the type of
// its target can be judged. Works on a copy; changes nothing else.

function targetNames(bundle) {
  const entries = (bundle.entry ?? []).filter((entry) => entry?.fullUrl && entry.resource?.resourceType);
  return new Map(entries.map((entry, index) => [entry.fullUrl, `${entry.resource.resourceType}/${entry.resource.id ?? index}`]));
}

export function namedTargets(resource) {
  if (resource?.resourceType !== 'Bundle' || !Array.isArray(resource.entry)) {
    return resource;
  }
  const names = targetNames(resource);
  const rename = (key, value) => (key === 'reference' && names.has(value) ? names.get(value) : value);
  return JSON.parse(JSON.stringify(resource), rename);
}
