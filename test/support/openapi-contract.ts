import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { problemOf } from './api-client.js';

const DOCUMENT = new URL('../../docs/api/openapi.json', import.meta.url);
/** Name under which the validator knows the document. */
const ROOT = 'openapi';
const PROBLEM_TYPE = 'application/problem+json';

interface DocumentedResponse {
  readonly description: string;
  readonly content?: Readonly<Record<string, object>>;
  readonly headers?: Readonly<Record<string, object>>;
}

/** Fields that answers have where their description says so. */
const FIELDS = ['X-Request-Id', 'Retry-After'];
/** Until the service is started otherwise: nobody knows when that is. */
const FOR_GOOD = '"code":"admin_metrics_closed"';

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

interface Operation extends DocumentedOperation {
  readonly path: string;
  readonly method: string;
}

interface DocumentedMessage {
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody: { readonly content: Readonly<Record<string, object>> };
}

interface Document {
  readonly webhooks: Readonly<Record<string, { readonly post: DocumentedMessage }>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
}

/** Holds answers of the service to what its OpenAPI document says of the operation that gave them. */
export class OpenApiContract {
  private readonly operations: readonly Operation[];
  private readonly webhooks: Document['webhooks'];
  private readonly ajv = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true });
  private readonly seen = new Set<string>();

  constructor() {
    const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'), closeObject) as Document;
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ ...operation, path, method })),
    );
    this.webhooks = document.webhooks;
    ajvFormats.default(this.ajv);
    // What OpenAPI knows and JSON Schema does not: an annotation, and the parts around the schemas.
    this.ajv.addVocabulary(['example', ...Object.keys(document)]);
    this.ajv.addSchema(document, ROOT);
  }

  getOperation(operationId: string): Operation {
    const operation = this.operations.find((candidate) => candidate.operationId === operationId);
    if (operation === undefined) throw new Error(`The document has no operation ${operationId}`);
    return operation;
  }

  /** What is wrong with an answer, one line each; nothing when it is as documented. */
  async findFaults(operationId: string, response: Response): Promise<string[]> {
    const { status } = response;
    const operation = this.getOperation(operationId);
    const documented = operation.responses[status];
    const text = await response.text();
    if (documented === undefined) return [`status ${status} is not documented: ${text.slice(0, 200)}`];
    const missing = FIELDS.filter(
      (name) => documented.headers?.[name] !== undefined && !response.headers.has(name),
    );
    if (missing.length > 0 && !text.includes(FOR_GOOD))
      return [`${status} has no ${missing.join(' and no ')}`];
    if (documented.content === undefined) {
      this.seen.add(`${operationId} ${status}`);
      return text === '' ? [] : [`${status} has a body, which is not documented`];
    }
    const type = (response.headers.get('content-type') ?? 'none').split(';', 1)[0] ?? '';
    if (documented.content[type] === undefined) return [`${status} as ${type} is not documented`];
    this.seen.add(`${operationId} ${status}`);
    const body: unknown = /[/+]json$/.test(type) ? JSON.parse(text) : text;
    const { path, method } = operation;
    const faults = this.validate(
      ['paths', path, method, 'responses', String(status), 'content', type, 'schema'],
      body,
    ).map((fault) => `${status} ${type}: ${fault}`);
    if (type !== PROBLEM_TYPE) return faults;
    const { code } = body as { code: string };
    return documented.description.includes(`\`${code}\``)
      ? faults
      : [...faults, `${status} ${code} is not documented`];
  }

  /**
   * The status and the code of an answer that says no.
   *
   * @throws Error when it is not as documented
   */
  async refusalOf(operationId: string, response: Response): Promise<[status: number, code: string]> {
    const faults = await this.findFaults(operationId, response.clone());
    if (faults.length > 0) throw new Error(faults.join('\n'));
    return [response.status, (await problemOf(response)).code];
  }

  /** What is wrong with a webhook of this name that was received, one line each. */
  findMessageFaults(
    event: string,
    { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  ): string[] {
    const message = this.webhooks[event]?.post;
    if (message === undefined) return [`${event} is not documented`];
    const [type = ''] = Object.keys(message.requestBody.content);
    const missing = message.parameters.filter(({ name }) => headers[name] === undefined);
    return [
      ...missing.map(({ name }) => `${event} has no ${name}`),
      ...(headers['content-type'] === type ? [] : [`${event} is not ${type}`]),
      ...this.validate(
        ['webhooks', event, 'post', 'requestBody', 'content', type, 'schema'],
        JSON.parse(body),
      ),
    ];
  }

  /** Documented successes that no answer has shown so far. */
  findUnseenSuccesses(isMeant: (tag: string) => boolean): string[] {
    return this.operations
      .filter(({ tags }) => tags.some(isMeant))
      .flatMap(({ operationId, responses }) => Object.keys(responses).map((status) => [operationId, status]))
      .filter(([, status = '']) => status.startsWith('2'))
      .map((pair) => pair.join(' '))
      .filter((success) => !this.seen.has(success));
  }

  private validate(place: readonly string[], body: unknown): string[] {
    const pointer = place
      .map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')))
      .join('/');
    const validate = this.ajv.compile({ $ref: `${ROOT}#/${pointer}` });
    validate(body);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `body${instancePath} ${message ?? ''} ${JSON.stringify(params)}`,
    );
  }
}

/** A schema lets through what it does not name; a field that the document does not name is a fault all the same. */
export function closeObject(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const isOpenObject = 'properties' in value && 'type' in value && !('additionalProperties' in value);
  return isOpenObject && value.type === 'object' ? { ...value, additionalProperties: false } : value;
}
