import { expect } from 'chai';
import { newApiKey } from '../../src/adapters/auth/api-keys/api-key.ts';
import type { Environment } from '../../src/app/composition/config/environment.ts';
import { ApiClient, createUsers, type Role } from './api-client.ts';
import { type ComposedService, startComposedService } from './composed-service.ts';

/** A user, and a client that authenticates as that user. */
export class UserClient extends ApiClient {
  readonly username: string;
  /** `/users/{username}` */
  readonly path: string;

  constructor(url: () => string, username: string) {
    super(url, { Authorization: username });
    this.username = username;
    this.path = `/users/${username}`;
  }
}

interface NewUser {
  readonly username?: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string | undefined;
}

interface CheckResult {
  readonly allowed: boolean;
  readonly role?: Role;
  readonly version?: number;
  readonly reason?: string;
}

/** Rollcall in this process, its clients, and the accounts that tests create in it. */
export class ServiceUnderTest {
  readonly #keys = {
    reader: newApiKey('reader', ['read']),
    writer: newApiKey('writer', ['write']),
    admin: newApiKey('admin', ['admin']),
  };
  readonly #url = (): string => {
    if (this.#running === undefined) throw new Error('The service is not running.');
    return this.#running.url;
  };
  #running: ComposedService | undefined;
  #created = 0;

  /** Without credentials. */
  readonly api = new ApiClient(this.#url);
  /** Services with one scope each: read, write, admin. */
  readonly reader = this.api.as(`ApiKey ${this.#keys.reader.key}`);
  readonly writer = this.api.as(`ApiKey ${this.#keys.writer.key}`);
  readonly admin = this.api.as(`ApiKey ${this.#keys.admin.key}`);

  get url(): string {
    return this.#url();
  }

  async start(environment: Environment): Promise<void> {
    const keys = Object.values(this.#keys).map(({ entry }) => entry);
    this.#running = await startComposedService({ API_KEYS: keys.join(), ...environment });
  }

  async stop(): Promise<void> {
    await this.#running?.close();
    this.#running = undefined;
  }

  /** A name that no other call has returned. */
  unique(prefix: string): string {
    this.#created += 1;
    return `${prefix}${this.#created}`;
  }

  /** The body of a request that creates a user. */
  newUser(fields: NewUser = {}): NewUser & { readonly username: string } {
    return { username: this.unique('user'), firstName: 'Some', lastName: 'Body', ...fields };
  }

  async user(fields?: NewUser): Promise<UserClient> {
    const body = this.newUser(fields);
    const { status, text } = await this.api.post('/users', body);
    expect(status, text).to.equal(201);
    return new UserClient(this.#url, body.username);
  }

  /** Creates an organization and its members. The first one creates it and must be an Owner. */
  async organization<Name extends string>(
    roles: Readonly<Record<Name, Role>>,
  ): Promise<{ readonly path: string; readonly name: string } & Readonly<Record<Name, UserClient>>> {
    const name = this.unique('organization-');
    const path = `/organizations/${name}`;
    const members = Object.keys(roles).map((key) => [key, this.unique(key.toLowerCase())] as const);
    await createUsers(this.api, ...members.map(([, username]) => username));
    const clients = members.map(([key, username]) => [key, new UserClient(this.#url, username)] as const);
    const [[, creator], ...others] = clients as [(typeof clients)[0], ...typeof clients];
    const created = await creator.post('/organizations', { organizationName: name });
    expect(created.status, created.text).to.equal(201);
    for (const [key, { username }] of others) {
      const body = { memberUsername: username, role: roles[key as Name] };
      const added = await creator.post(`${path}/members`, body);
      expect(added.status, added.text).to.equal(201);
    }
    return { path, name, ...(Object.fromEntries(clients) as Record<Name, UserClient>) };
  }

  /** Creates a user and adds it to an organization. @param by a member who may add it */
  async member(by: ApiClient, organization: string, role: Role): Promise<UserClient> {
    const user = await this.user();
    const body = { memberUsername: user.username, role };
    const { status, text } = await by.post(`${organization}/members`, body);
    expect(status, text).to.equal(201);
    return user;
  }

  /** The result of one check, made by the service "reader". */
  async check(organization: string, username: string): Promise<CheckResult | undefined> {
    const { body, text } = await this.reader.post('/checks', { checks: [{ organization, username }] });
    expect(body.results, text).to.have.length(1);
    return body.results?.[0];
  }
}
