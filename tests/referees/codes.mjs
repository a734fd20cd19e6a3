// Codes: does HL7's code system have it, and is it in the value set that its element requires? What
// needs a terminology server (filters, systems without a list of codes here) is left unjudged.

const SYSTEMS_BY_RULE = new Set(['urn:ietf:bcp:13', 'urn:ietf:bcp:47', 'http://unitsofmeasure.org']);

// HL7 added these to v3-ActCode after R4; DS4P uses them.
const SINCE_R4 = new Set(['IDS', 'PATLOC', 'PREGNANT'].map((code) => `http://terminology.hl7.org/CodeSystem/v3-ActCode|${code}`));

function* codesOf(concepts = []) {
  for (const concept of concepts) {
    yield concept.code;
    yield* codesOf(concept.concept);
  }
}

class Terminology {
  constructor(bundles) {
    const resources = bundles.flatMap((bundle) => bundle.entry.map((entry) => entry.resource));
    const byUrl = (type) => new Map(resources.filter((r) => r.resourceType === type).map((r) => [r.url, r]));
    this.valueSets = byUrl('ValueSet');
    this.codeSystems = byUrl('CodeSystem');
    this.expansions = new Map();
    this.codes = new Map();
  }

  // False where the system is known here and has no such code.
  mayExist(system, code) {
    const known = this.codeSystems.get(system);
    if (known?.content !== 'complete' || SINCE_R4.has(`${system}|${code}`)) return true;
    if (!this.codes.has(system)) this.codes.set(system, new Set(codesOf(known.concept)));
    return this.codes.get(system).has(code);
  }

  // Keys `system|code`, or null where this file cannot know them.
  expand(canonical) {
    const url = canonical.split('|')[0];
    if (!this.expansions.has(url)) {
      this.expansions.set(url, null); // a set that includes itself
      const compose = this.valueSets.get(url)?.compose;
      this.expansions.set(url, compose && !compose.exclude ? this.union(compose.include) : null);
    }
    return this.expansions.get(url);
  }

  union(includes) {
    const parts = includes.map((include) => this.included(include));
    return parts.includes(null) ? null : new Set(parts.flatMap((part) => [...part]));
  }

  included({ system, concept, filter, valueSet }) {
    if (filter || (valueSet && system) || valueSet?.length > 1) return null;
    if (valueSet) return this.expand(valueSet[0]);
    const known = this.codeSystems.get(system);
    if (!concept && (SYSTEMS_BY_RULE.has(system) || known?.content !== 'complete')) return null;
    const codes = concept ? concept.map((one) => one.code) : [...codesOf(known.concept)];
    return codes.map((code) => `${system}|${code}`);
  }
}

function fits(codes, { type, value }) {
  const has = (coding) => codes.has(`${coding.system}|${coding.code}`);
  if (type === 'CodeableConcept') return (value.coding ?? []).some(has);
  if (type === 'Coding') return has(value);
  if (type === 'code') return [...codes].some((key) => key.slice(key.lastIndexOf('|') + 1) === value);
  return true;
}

function requiredBindings(terminology, tokens) {
  return Object.entries(tokens).flatMap(([valueSet, values]) => {
    const codes = terminology.expand(valueSet);
    return (codes ? values : [])
      .filter((value) => !fits(codes, value))
      .map(({ path }) => ({ severity: 'error', path, text: `no code of the required value set ${valueSet}` }));
  });
}

function inventedCodes(terminology, node, path) {
  if (node === null || typeof node !== 'object') return [];
  const { system, code } = node;
  const invented = typeof system === 'string' && typeof code === 'string' && !terminology.mayExist(system, code);
  const here = invented ? [{ severity: 'error', path, text: `no such code in ${system}` }] : [];
  return [...here, ...Object.entries(node).flatMap(([key, child]) => inventedCodes(terminology, child, `${path}.${key}`))];
}

// Takes the terminology bundles; returns a function from a resource and Medplum's collected tokens
// to issues.
export function codeJudge(bundles) {
  const terminology = new Terminology(bundles);
  return (resource, tokens) => [
    ...requiredBindings(terminology, tokens),
    ...inventedCodes(terminology, resource, resource?.resourceType ?? ''),
  ];
}
