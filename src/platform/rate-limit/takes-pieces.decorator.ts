import { SetMetadata } from '@nestjs/common';

export const TAKES_PIECES = 'rate-limit:takes-pieces';

/** Marks a route to which a file is sent in many requests. They have a limit of their own, so that a fast client is not stopped in the middle of a file. */
export const TakesPieces = (): MethodDecorator => SetMetadata(TAKES_PIECES, true);
