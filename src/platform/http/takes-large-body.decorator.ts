import { SetMetadata } from '@nestjs/common';

export const LARGE_BODY = 'http:large-body';

/** For a route whose JSON body may have this many bytes, more than others. */
export const TakesLargeBody = (maxBytes: number): MethodDecorator => SetMetadata(LARGE_BODY, maxBytes);
