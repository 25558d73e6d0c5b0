import type { Actor } from './event.ts';
import type { Username } from './names.ts';

/** What a service may do. Each scope includes those before it. */
export const SCOPES = ['read', 'write', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ServiceCaller {
  readonly type: 'service';
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The user it acts for, with that user's rights only, whatever its scopes. Without one it acts in its own name. */
  readonly onBehalfOf?: Username | undefined;
}

/** Who is asking, as far as credentials tell. Whether such a user lives is for the records to say. */
export type Caller =
  | { readonly type: 'anonymous' }
  | { readonly type: 'user'; readonly username: Username }
  | ServiceCaller;

/** The user that the caller is, or acts for; `undefined` = none. */
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

/** How a caller is written into events. */
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
