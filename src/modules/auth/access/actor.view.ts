import type { Principal } from './principal.view.js';

/** Somebody whose credentials were good. */
export interface KnownActor {
  readonly kind: 'user' | 'local';
  readonly principal: Principal;
  readonly address: string;
  readonly requestId: string | null;
}

/** Somebody who has not said who they are, or not yet: at signing in. */
export interface AnonymousActor {
  readonly kind: 'anonymous';
  readonly principal: null;
  readonly address: string;
  readonly requestId: string | null;
}

/** The service itself, on nobody's request. */
export interface SystemActor {
  readonly kind: 'system';
  readonly principal: null;
  readonly address: null;
  readonly requestId: null;
}

/** Who does something, and from where: what the audit trail says of it. */
export type Actor = KnownActor | AnonymousActor | SystemActor;
export type ActorKind = Actor['kind'];

export const ACTOR_KINDS = ['user', 'local', 'anonymous', 'system'] as const satisfies readonly ActorKind[];

export const SYSTEM_ACTOR: SystemActor = { kind: 'system', principal: null, address: null, requestId: null };

/** The same one, when it is known who it is. */
export function knownAs(
  principal: Principal,
  { address, requestId }: Pick<AnonymousActor, 'address' | 'requestId'>,
): KnownActor {
  return { kind: principal.how === 'local' ? 'local' : 'user', principal, address, requestId };
}
