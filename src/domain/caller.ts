import type { Actor } from './event.ts';
import type { Username } from './names.ts';

/** Who is asking, as far as credentials tell. Whether such a user lives is for the records to say. */
export type Caller = { readonly type: 'anonymous' } | { readonly type: 'user'; readonly username: Username };

/** How a caller is written into events. */
export function actorOf(caller: Caller): Actor {
  return caller.type === 'user' ? { type: 'user', name: caller.username } : { type: 'anonymous' };
}
