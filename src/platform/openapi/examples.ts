import type { OpenAPIObject } from '@nestjs/swagger';
import { ACCOUNTS_EXAMPLES } from './examples/accounts.examples.js';
import { ADMINISTRATION_EXAMPLES } from './examples/administration.examples.js';
import { ANSWER_EXAMPLES } from './examples/answers.examples.js';
import { BATCHES_AND_WEBHOOKS_EXAMPLES } from './examples/batches-and-webhooks.examples.js';
import { JOBS_EXAMPLES } from './examples/jobs.examples.js';
import { OPENAI_EXAMPLES } from './examples/openai.examples.js';
import { OPERATIONS_EXAMPLES } from './examples/operations.examples.js';
import { RECORDINGS_EXAMPLES } from './examples/recordings.examples.js';
import { TRANSCRIPT_EXAMPLES } from './examples/transcripts.examples.js';
import { VOICES_EXAMPLES } from './examples/voices.examples.js';
import { operationsOf } from './operations.js';

const SCHEMA_EXAMPLES: Readonly<Record<string, unknown>> = {
  ...ACCOUNTS_EXAMPLES,
  ...ADMINISTRATION_EXAMPLES,
  ...RECORDINGS_EXAMPLES,
  ...JOBS_EXAMPLES,
  ...TRANSCRIPT_EXAMPLES,
  ...BATCHES_AND_WEBHOOKS_EXAMPLES,
  ...OPENAI_EXAMPLES,
  ...OPERATIONS_EXAMPLES,
  ...VOICES_EXAMPLES,
};

/** Gives schemas whole examples, and answers without one theirs. What one room says of a field says nothing of all of them together. */
export function describeExamples(document: OpenAPIObject): OpenAPIObject {
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
    const example = SCHEMA_EXAMPLES[name];
    // A list of them, as JSON Schema has it and OpenAPI since 3.1; the types of Nest are of 3.0.
    if (example !== undefined) Object.assign(schema, { examples: [example] });
  }
  for (const { operationId = '', responses } of operationsOf(document)) {
    for (const [type, example] of Object.entries(ANSWER_EXAMPLES[operationId] ?? {})) {
      const response = responses[200];
      if (response === undefined || !('content' in response)) continue;
      const media = response.content[type];
      if (media !== undefined) media.example = example;
    }
  }
  return document;
}
