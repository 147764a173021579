import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { SERVICE_VERSION } from '../runtime/service-version.js';
import { describeForms } from './form-bodies.js';
import { describeExamples } from './examples.js';
import { describeCommonHeaders, describeOpenRoutes } from './common-headers.js';
import { ProblemDto } from './problem-responses.js';
import { describeOpenAiErrors, OpenAiErrorDto } from './openai-errors.js';
import { describeReplays } from './replay-headers.js';
import { describeSentMessages } from './sent-messages.js';
import { describeRateLimits } from './rate-limit-headers.js';

const DESCRIPTION = `Audio or video goes in, a transcript with true times comes out.

Send a recording with \`POST /upload\`: the answer is a job. Ask for the job until it has ended, or let the first request wait with
\`Prefer: wait=60\`. Then read the transcript as JSON, text or subtitles.

Every error is \`application/problem+json\` with a stable \`code\`; under \`/v1\` it is the error object of the OpenAI API.`;

export function buildOpenApiDocument(app: INestApplication): OpenAPIObject {
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('whisper-transcriber')
    .setDescription(DESCRIPTION)
    .setVersion(SERVICE_VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'The service that gives this document')
    .addTag('Jobs', 'Orders to transcribe a recording')
    .addTag('Job control', 'What is done to jobs after they were ordered')
    .addTag('Job events', 'What happens to jobs, as it happens')
    .addTag('Batches', 'Jobs that are ordered together')
    .addTag('Webhooks', 'Services of yours that are told of jobs')
    .addTag('Voices', 'Voices of people that jobs are to tell by name')
    .addTag('Uploads', 'Files that come in several requests')
    .addTag('Resumable uploads', 'The same by tus 1.0')
    .addTag('Uploads by URL', 'Files that the service fetches')
    .addTag('Transcripts', 'What was said, and when')
    .addTag('Transcript versions', 'What people made of transcripts')
    .addTag('Search', 'Where something was said')
    .addTag('Exports', 'Transcripts as files')
    .addTag('Media', 'Recordings')
    .addTag('Waveforms', 'How loud recordings are, to draw them')
    .addTag('Models', 'Checkpoints and languages')
    .addTag('OpenAI', 'The audio API of OpenAI, for programs that speak it')
    .addTag('Accounts', 'Who may do what')
    .addTag('Users', 'Who has an account; for administrators')
    .addTag('Audit', 'Who did what; for administrators')
    .addTag('Overview', 'What happened lately, for charts; for administrators')
    .addTag('Settings', 'What may change while the service runs; for administrators')
    .addTag('Jobs of all', 'What everybody has ordered; for administrators')
    .addTag('Storage', 'What everybody keeps; for administrators')
    .addTag('Workers', 'What works on jobs, and what waits; for administrators')
    .addTag('Admin', 'What the service runs on')
    .addTag('Operations', 'Probes, metrics, version')
    .addBearerAuth({ type: 'http', description: 'An API key, or an access token' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key' }, 'api_key')
    .addApiKey(
      { type: 'apiKey', in: 'cookie', name: 'auth_token', description: 'What signing in sets' },
      'cookie',
    )
    .addBearerAuth({ type: 'http', description: 'Only when METRICS_TOKEN is set' }, 'metrics')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-Admin-Token', description: 'ADMIN_METRICS_TOKEN' },
      'admin_metrics',
    )
    .build();
  const document = SwaggerModule.createDocument(app, outline, { extraModels: [ProblemDto, OpenAiErrorDto] });
  return [
    describeForms,
    describeExamples,
    describeSentMessages,
    describeOpenAiErrors,
    describeRateLimits,
    describeReplays,
    describeCommonHeaders,
    describeOpenRoutes,
  ].reduce((described, describe) => describe(described), document);
}

/** The document at /openapi.json and a page to read and try it at /docs, both from this process alone. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(app), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'whisper-transcriber API',
  });
}
