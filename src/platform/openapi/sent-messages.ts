import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';

/** What the service sends to addresses that it was told, by names of events. */
export interface SentMessages {
  readonly tag: string;
  /** With their meanings. */
  readonly headers: Readonly<Record<string, string>>;
  /** What follows of the status that the receiver answers with. */
  readonly answers: Readonly<Record<string, string>>;
  readonly messages: Readonly<Record<string, { readonly summary: string; readonly body: Type<object> }>>;
}

const SENT = 'x-sent';

/** Documents what is sent of a route, which says where to. Nest's own `ApiWebhook` would make routes of the messages. */
export function ApiSends({ tag, headers, answers, messages }: SentMessages): MethodDecorator {
  const parameters = Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const responses = Object.fromEntries(
    Object.entries(answers).map(([status, description]) => [status, { description }]),
  );
  const webhooks = Object.entries(messages).map(([name, { summary, body }]) => {
    const content = { 'application/json': { schema: { $ref: getSchemaPath(body) } } };
    const requestBody = { required: true, content };
    // Whoever receives it may ask for nothing: the signature among the headers shows where it comes from.
    const operation = { operationId: operationIdOf(name), tags: [tag], security: [], summary };
    return [name, { post: { ...operation, parameters, requestBody, responses } }];
  });
  return applyDecorators(
    ApiExtraModels(...Object.values(messages).map(({ body }) => body)),
    ApiExtension(SENT, Object.fromEntries(webhooks) as object),
  );
}

/** `receiveJobCompleted` for `job.completed`. */
function operationIdOf(event: string): string {
  const words = event.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  return `receive${words.join('')}`;
}

/** Puts what `ApiSends` documents where the standard has it. */
export function describeSentMessages(document: OpenAPIObject): OpenAPIObject {
  for (const { post } of Object.values(document.paths)) {
    const sent = post?.[SENT as keyof typeof post] as OpenAPIObject['webhooks'];
    if (post === undefined || sent === undefined) continue;
    document.webhooks = { ...document.webhooks, ...sent };
    Reflect.deleteProperty(post, SENT);
  }
  return document;
}
