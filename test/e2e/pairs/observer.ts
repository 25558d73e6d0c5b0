import { expect } from 'chai';
import type { ApiClient, ApiResponse, WireEvent, WireMembership } from '../../support/api-client.ts';
import { asAdmin } from './fleet-on.ts';

const MAX_PAGES = 20;

/** Reads as an administrator from two instances, which must return the same. */
export class Observer {
  readonly #instances: readonly ApiClient[];

  constructor(...instances: readonly [ApiClient, ApiClient]) {
    this.#instances = instances.map(asAdmin);
  }

  async both(send: (api: ApiClient) => Promise<ApiResponse>): Promise<ApiResponse> {
    const [one, two] = (await Promise.all(this.#instances.map(send))) as [ApiResponse, ApiResponse];
    // Cursors differ even for the same position.
    const comparable = ({ status, body: { requestId, nextCursor, ...body } }: ApiResponse) => ({
      status,
      body,
      hasNextPage: nextCursor !== undefined,
    });
    expect(comparable(two)).to.deep.equal(comparable(one));
    return one;
  }

  /** The role of each user, or the reason of the failed check. */
  async check(organization: string, usernames: readonly string[]): Promise<readonly unknown[]> {
    const checks = usernames.map((username) => ({ organization, username }));
    const { body, text } = await this.both((api) => api.post('/checks', { checks }));
    return (body.results ?? expect.fail(text)).map(({ role, reason }) => role ?? reason);
  }

  /** The roles of all members. Also reads the list in pages from both instances in turns. */
  async roles(organization: string): Promise<Readonly<Record<string, string>>> {
    const path = `/organizations/${organization}/members`;
    const { body, text } = await this.both((api) => api.get(path));
    const members = body.members ?? expect.fail(text);
    const paged: WireMembership[] = [];
    let cursor: string | undefined = '';
    for (let page = 0; cursor !== undefined && page < MAX_PAGES; page += 1) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const response = await this.#instances[page % 2]?.get(`${path}?limit=2${query}`);
      paged.push(...(response?.body.members ?? expect.fail(response?.text)));
      cursor = response?.body.nextCursor;
    }
    expect(paged).to.deep.equal(members);
    return Object.fromEntries(members.map(({ memberUsername, role }) => [memberUsername, role]));
  }

  /** All events, numbered without gaps. @param first the type of the first event only */
  async events(path: string, first: string): Promise<readonly WireEvent[]> {
    const all: WireEvent[] = [];
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const { body, text } = await this.both((api) =>
        api.get(`${path}/events?limit=100&after=${all.length}`),
      );
      const events = body.events ?? expect.fail(text);
      expect(events.map(({ seq }) => seq)).to.deep.equal(events.map((_, i) => all.length + i + 1));
      all.push(...events);
      if (body.nextCursor === undefined) break;
    }
    expect(all[0]?.type, path).to.equal(first);
    expect(all.filter(({ type }) => type === first)).to.have.length(1);
    return all;
  }
}
