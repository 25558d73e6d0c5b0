import { connect } from 'node:net';
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

/** What a body may hold; which of it, the tests say. */
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

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The JSON that was answered; `{}` where nothing was. */
  readonly body: Body;
}

type Sent = Readonly<Record<string, string>>;

/** Talks to the service as a user's program would. Immutable: `as` and `with` give another client. */
export class ApiClient {
  readonly url: string;
  readonly #headers: Sent;

  constructor(url: string, headers: Sent = {}) {
    this.url = url;
    this.#headers = headers;
  }

  as(username: string): ApiClient {
    return this.with({ Authorization: username });
  }

  with(headers: Sent): ApiClient {
    return new ApiClient(this.url, { ...this.#headers, ...headers });
  }

  get = (path: string): Promise<Answer> => this.send('GET', path);
  head = (path: string): Promise<Answer> => this.send('HEAD', path);
  delete = (path: string): Promise<Answer> => this.send('DELETE', path);
  post = (path: string, body: unknown): Promise<Answer> => this.#sendJson('POST', path, body);
  patch = (path: string, body: unknown): Promise<Answer> => this.#sendJson('PATCH', path, body);

  /** Sends the body as it is. */
  async send(method: string, path: string, body?: string | Uint8Array<ArrayBuffer>): Promise<Answer> {
    const content = body === undefined ? {} : { body };
    const response = await fetch(this.url + path, { method, headers: this.#headers, ...content });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: jsonOf(text) };
  }

  #sendJson(method: string, path: string, body: unknown): Promise<Answer> {
    return this.with({ 'Content-Type': 'application/json', ...this.#headers }).send(
      method,
      path,
      JSON.stringify(body),
    );
  }
}

/** Sends bytes as they are over a connection of its own; everything that came back until the other side closed it. */
export async function exchange(url: string, bytes: string | Uint8Array): Promise<readonly Answer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  const received: Buffer[] = [];
  for await (const chunk of socket) received.push(chunk);
  return answersIn(Buffer.concat(received));
}

/** What no client is told: stacks, statements, files. */
const INTERNALS = /node_modules|\.[cm]?[jt]s\b|\n {4}at |sqlite|\bselect\b|\/work\//i;

/** `409 last_owner`: what a refusal says, after every part of its shape was checked. */
export function refusalOf({ status, headers, body, text }: Answer): string {
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
  for (const mistake of body.errors ?? []) expect(mistake).to.have.all.keys('path', 'message');
  return `${status} ${body.code}`;
}

/** Where a request is wrong, in the order of the answer. */
export function wrongPlaces(answer: Answer): readonly string[] {
  expect(refusalOf(answer)).to.equal('400 invalid_request');
  return (answer.body.errors ?? []).map(({ path }) => path);
}

export async function createUsers(api: ApiClient, ...usernames: readonly string[]): Promise<void> {
  const answers = usernames.map((username) =>
    api.post('/users', { username, firstName: 'Some', lastName: 'Body' }),
  );
  for (const { status, text } of await Promise.all(answers)) expect(status, text).to.equal(201);
}

/** An organization and its users; the first of `members` founds it and has to be an Owner. Answers with its path. */
export async function createOrganization(
  api: ApiClient,
  name: string,
  members: Readonly<Record<string, Role>>,
): Promise<string> {
  await createUsers(api, ...Object.keys(members));
  const [founder = '', ...others] = Object.keys(members);
  const created = await api.as(founder).post('/organizations', { organizationName: name });
  expect(created.status, created.text).to.equal(201);
  const path = `/organizations/${created.body.organization?.organizationName}`;
  for (const memberUsername of others) {
    const role = members[memberUsername];
    const added = await api.as(founder).post(`${path}/members`, { memberUsername, role });
    expect(added.status, added.text).to.equal(201);
  }
  return path;
}

function jsonOf(text: string): Body {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function answersIn(bytes: Buffer): readonly Answer[] {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return [];
  const [start = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':', 1).join(), line.replace(/^[^:]*: */, '')]),
  );
  const rest = bytes.subarray(end + 4);
  const length = Number(headers.get('Content-Length') ?? 0);
  const text = rest.subarray(0, length).toString('utf8');
  const answer = { status: Number(start.split(' ')[1]), headers, text, body: jsonOf(text) };
  return [answer, ...answersIn(rest.subarray(length))];
}
