import { expect } from 'chai';

export type Role = 'Owner' | 'Admin' | 'Member';

export interface WireMembership {
  readonly organizationName: string;
  readonly memberUsername: string;
  readonly role: Role;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

interface WireResource {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly status: string;
}

interface WireCheckResult {
  readonly allowed: boolean;
  readonly role?: Role;
  readonly version?: number;
  readonly reason?: string;
}

export interface WireEvent {
  readonly seq: number;
  readonly type: string;
  readonly actor: Readonly<Record<string, string>>;
  readonly subject: Readonly<Record<string, string>>;
  readonly changes: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly at: string;
}

/** Every field that a response body can have. */
interface Body {
  readonly user?: WireResource & Readonly<Record<'username' | 'firstName' | 'lastName' | 'email', string>>;
  readonly organization?: WireResource &
    Readonly<Record<'organizationName' | 'displayName' | 'foundingUser', string>>;
  readonly membership?: WireMembership;
  readonly members?: readonly WireMembership[];
  readonly memberships?: readonly WireMembership[];
  readonly results?: readonly WireCheckResult[];
  readonly events?: readonly WireEvent[];
  readonly nextCursor?: string;
  readonly status?: string | number;
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON; `{}` if there is none. */
  readonly body: Body;
}

type RequestHeaders = Readonly<Record<string, string>>;

/** An HTTP client of the service. Immutable: `as` and `with` return another client. */
export class ApiClient {
  readonly #url: () => string;
  readonly #headers: RequestHeaders;

  /** @param url a function where the service listens only later */
  constructor(url: string | (() => string), headers: RequestHeaders = {}) {
    this.#url = typeof url === 'string' ? () => url : url;
    this.#headers = headers;
  }

  get url(): string {
    return this.#url();
  }

  as(username: string): ApiClient {
    return this.with({ Authorization: username });
  }

  with(headers: RequestHeaders): ApiClient {
    return new ApiClient(this.#url, { ...this.#headers, ...headers });
  }

  get = (path: string): Promise<ApiResponse> => this.send('GET', path);
  head = (path: string): Promise<ApiResponse> => this.send('HEAD', path);
  delete = (path: string): Promise<ApiResponse> => this.send('DELETE', path);
  post = (path: string, body: unknown): Promise<ApiResponse> => this.#sendJson('POST', path, body);
  patch = (path: string, body: unknown): Promise<ApiResponse> => this.#sendJson('PATCH', path, body);

  /** Sends the body unchanged. */
  async send(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<ApiResponse> {
    const content = body === undefined ? {} : { body };
    const response = await fetch(this.url + path, { method, headers: this.#headers, ...content });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  #sendJson(method: string, path: string, body: unknown): Promise<ApiResponse> {
    return this.with({ 'Content-Type': 'application/json', ...this.#headers }).send(
      method,
      path,
      JSON.stringify(body),
    );
  }
}

/** Internals that no response may disclose: stack traces, SQL statements, file names. */
const INTERNALS = /node_modules|\.[cm]?[jt]s\b|\n {4}at |sqlite|\bselect\b|\/work\//i;

/** The status and the code of an error response, such as `409 last_owner`. Checks every field of the problem. */
export function problemOf({ status, headers, body, text }: ApiResponse): string {
  expect(headers.get('Content-Type'), text).to.equal('application/problem+json');
  expect(body).to.have.all.keys(
    ['type', 'title', 'status', 'detail', 'code', 'requestId'].concat(status === 400 ? 'errors' : []),
  );
  expect(body).to.include({ type: `urn:rollcall:problem:${body.code}`, status });
  expect(body.requestId)
    .to.equal(headers.get('X-Request-Id') ?? body.requestId)
    .and.to.match(/^\S{1,128}$/);
  expect(body.title).to.be.a('string').and.not.equal('');
  expect(body.detail).to.be.a('string').and.not.match(INTERNALS);
  for (const error of body.errors ?? []) expect(error).to.have.all.keys('path', 'message');
  return `${status} ${body.code}`;
}

/** The paths of the validation errors, in the order of the response. */
export function invalidFields(response: ApiResponse): readonly string[] {
  expect(problemOf(response)).to.equal('400 invalid_request');
  return (response.body.errors ?? []).map(({ path }) => path);
}

/** `204`, or `409 last_owner` for an error. */
export const outcomeOf = (response: ApiResponse): string =>
  response.status < 400 ? String(response.status) : problemOf(response);

export async function createUsers(api: ApiClient, ...usernames: readonly string[]): Promise<void> {
  const responses = usernames.map((username) =>
    api.post('/users', { username, firstName: 'Some', lastName: 'Body' }),
  );
  for (const { status, text } of await Promise.all(responses)) expect(status, text).to.equal(201);
}

/**
 * Creates users and their organization. The first member creates it and must be an Owner.
 * @returns the path of the organization
 */
export async function createOrganization(
  api: ApiClient,
  name: string,
  members: Readonly<Record<string, Role>>,
): Promise<string> {
  await createUsers(api, ...Object.keys(members));
  const [creator = '', ...others] = Object.keys(members);
  const created = await api.as(creator).post('/organizations', { organizationName: name });
  expect(created.status, created.text).to.equal(201);
  const path = `/organizations/${created.body.organization?.organizationName}`;
  for (const memberUsername of others) {
    const role = members[memberUsername];
    const added = await api.as(creator).post(`${path}/members`, { memberUsername, role });
    expect(added.status, added.text).to.equal(201);
  }
  return path;
}

/** The JSON of a body; `{}` if it is none. */
export function jsonOf(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
