/** Holds the OpenAPI document to Redocly's rules. Prints what it finds; fails when there is anything. */
import { createConfig, lint } from '@redocly/openapi-core';
import { inRoot } from './project.mjs';

const RULES = {
  'operation-tag-defined': 'error',
  'no-duplicated-tag-names': 'error',
  'no-path-trailing-slash': 'error',
  'no-invalid-media-type-examples': 'error',
  'no-invalid-schema-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'tag-description': 'error',
  // The service matches /jobs/batches before /jobs/{job_id}, as its tests of routes show.
  'no-ambiguous-paths': 'off',
  // Nest writes what is said of a reference beside it like this.
  'no-illogical-composition-keywords': 'off',
};

/** Findings that are meant so, by rule: a part of the address of the finding. */
const MEANT = {
  // Probes and the version refuse nobody.
  'operation-4xx-response': /^#\/paths\/~1(health|livez|readyz|startupz|version)/,
  // The body of webhooks, which no route of ours takes.
  'no-unused-components': /^#\/components\/schemas\/WebhookPayload$/,
};

const config = await createConfig({ extends: ['recommended-strict'], rules: RULES });
const problems = await lint({ ref: inRoot('docs/api/openapi.json'), config });
const faults = problems
  .map(({ ruleId, message, location: [place] }) => ({ ruleId, message, pointer: place?.pointer ?? '' }))
  .filter(({ ruleId, pointer }) => !(MEANT[ruleId]?.test(pointer) ?? false));
for (const { ruleId, message, pointer } of faults)
  process.stderr.write(`${pointer}: ${message} (${ruleId})\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
