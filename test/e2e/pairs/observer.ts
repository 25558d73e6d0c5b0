import { expect } from 'chai';
import type { ApiClient, ApiResponse, WireEvent, WireMembership } from '../../support/api-client.ts';
import { asAdmin } from './fleet-on.ts';

const MOST_PAGES = 20;

/** What two instances tell an administrator, which has to be the same. */
export class Observer {
  readonly #instances: readonly ApiClient[];

  constructor(...instances: readonly [ApiClient, ApiClient]) {
    this.#instances = instances.map(asAdmin);
  }

  async both(ask: (api: ApiClient) => Promise<ApiResponse>): Promise<ApiResponse> {
    const [one, two] = (await Promise.all(this.#instances.map(ask))) as [ApiResponse, ApiResponse];
    // No two cursors are alike, even of one place.
    const told = ({ status, body: { requestId, nextCursor, ...body } }: ApiResponse) => ({
      status,
      body,
      goesOn: nextCursor !== undefined,
    });
    expect(told(two)).to.deep.equal(told(one));
    return one;
  }

  /** The role of each, or why there is none. */
  async check(organization: string, usernames: readonly string[]): Promise<readonly unknown[]> {
    const checks = usernames.map((username) => ({ organization, username }));
    const { body, text } = await this.both((api) => api.post('/checks', { checks }));
    return (body.results ?? expect.fail(text)).map(({ role, reason }) => role ?? reason);
  }

  /** Of all members, whose list may be begun on one instance and go on on the other. */
  async roles(organization: string): Promise<Readonly<Record<string, string>>> {
    const path = `/organizations/${organization}/members`;
    const { body, text } = await this.both((api) => api.get(path));
    const members = body.members ?? expect.fail(text);
    const walked: WireMembership[] = [];
    let cursor: string | undefined = '';
    for (let page = 0; cursor !== undefined && page < MOST_PAGES; page += 1) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const some = await this.#instances[page % 2]?.get(`${path}?limit=2${more}`);
      walked.push(...(some?.body.members ?? expect.fail(some?.text)));
      cursor = some?.body.nextCursor;
    }
    expect(walked).to.deep.equal(members);
    return Object.fromEntries(members.map(({ memberUsername, role }) => [memberUsername, role]));
  }

  /** All events, which are numbered without holes. @param first the type that only the first has */
  async events(path: string, first: string): Promise<readonly WireEvent[]> {
    const seen: WireEvent[] = [];
    for (let page = 1; page <= MOST_PAGES; page += 1) {
      const { body, text } = await this.both((api) =>
        api.get(`${path}/events?limit=100&after=${seen.length}`),
      );
      const events = body.events ?? expect.fail(text);
      expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, i) => seen.length + i + 1));
      seen.push(...events);
      if (body.nextCursor === undefined) break;
    }
    expect(seen[0]?.type, path).to.equal(first);
    expect(seen.filter(({ type }) => type === first)).to.have.length(1);
    return seen;
  }
}
