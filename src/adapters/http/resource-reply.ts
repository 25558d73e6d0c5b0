import type { Reply } from './endpoint.ts';

/** A single resource in its envelope, with its version as ETag. */
export function resourceReply(
  status: 200 | 201,
  envelope: string,
  view: { readonly version: number },
  location?: string,
): Reply {
  const reply = { status, body: { [envelope]: view }, version: view.version };
  return location === undefined ? reply : { ...reply, location };
}
