import type { Actor } from './event.ts';
import type { Username } from './names.ts';

/** The scopes of a service, in ascending order. Each includes the ones before it. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ServiceCaller {
  readonly type: 'service';
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The user on whose behalf the service acts, with only that user's rights. `undefined` = it acts in its own name. */
  readonly onBehalfOf?: Username | undefined;
}

/** The authenticated caller. Whether the user exists and is active is checked against the records. */
export type Caller =
  | { readonly type: 'anonymous' }
  | { readonly type: 'user'; readonly username: Username }
  | ServiceCaller;

/** The user that the caller is, or acts on behalf of; `undefined` = none. */
export function effectiveUsername(caller: Caller): Username | undefined {
  switch (caller.type) {
    case 'anonymous':
      return undefined;
    case 'user':
      return caller.username;
    case 'service':
      return caller.onBehalfOf;
  }
}

export function hasScope({ scopes }: ServiceCaller, needed: Scope): boolean {
  return scopes.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed));
}

/** The caller as recorded in events. */
export function actorOf(caller: Caller): Actor {
  switch (caller.type) {
    case 'anonymous':
      return { type: 'anonymous' };
    case 'user':
      return { type: 'user', name: caller.username };
    case 'service': {
      const { name, onBehalfOf } = caller;
      return onBehalfOf === undefined ? { type: 'service', name } : { type: 'service', name, onBehalfOf };
    }
  }
}
