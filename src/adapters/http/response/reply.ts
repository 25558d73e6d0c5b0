export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** The version of the returned resource, which becomes its ETag. */
  readonly version?: number;
  readonly location?: string;
}

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
