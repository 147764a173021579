import type { Request } from 'express';
import passport from 'passport';
import type { Principal } from '../principal.view.js';

type Done = (error: unknown, principal?: Principal | null) => void;

/** A strategy that reads the credentials itself. `null` stands for "none of my kind": then the next strategy is asked. */
export class RequestStrategy extends passport.Strategy {
  constructor(private readonly verify: (request: Request, done: Done) => void) {
    super();
  }

  override authenticate(request: Request): void {
    this.verify(request, (error, principal) => {
      if (error !== null && error !== undefined) this.error(error);
      else if (principal === null || principal === undefined) this.fail(401);
      else this.success(principal);
    });
  }
}
