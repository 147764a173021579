import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension, ApiExtraModels, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';

const FORM = 'x-form';

/** Documents a form as the other body of a route, which takes JSON as well. */
export function ApiForm(dto: Type<object>): MethodDecorator {
  return applyDecorators(ApiExtraModels(dto), ApiExtension(FORM, { $ref: getSchemaPath(dto) }));
}

/** Puts the forms of `ApiForm` beside the JSON bodies. Nest gives all types of a body the same schema. */
export function describeForms(document: OpenAPIObject): OpenAPIObject {
  for (const { post } of Object.values(document.paths)) {
    const form = post?.[FORM as keyof typeof post] as { $ref: string } | undefined;
    if (post?.requestBody === undefined || !('content' in post.requestBody) || form === undefined) continue;
    post.requestBody.content['multipart/form-data'] = { schema: form };
    Reflect.deleteProperty(post, FORM);
  }
  return document;
}
