import { expect } from 'chai';
import {
  type Answer,
  type ApiClient,
  createOrganization,
  refusalOf,
  wrongPlaces,
} from '../../support/api-client.ts';
import { type EmbeddedService, startEmbeddedService } from '../../support/embedded-service.ts';

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

const STREAMS = ['/organizations/acme/events', '/users/owner/events'] as const;
/** The organization and its Owner have as many each. */
const COUNT = 25;

describe('pages of events', () => {
  let service: EmbeddedService;
  let api: ApiClient;
  let reader: ApiClient;

  before(async () => {
    service = await startEmbeddedService();
    ({ api, reader } = service);
    await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createOrganization(api, 'Other', { other: 'Owner' });
    for (const i of range(4, COUNT)) {
      await api.as('owner').patch('/organizations/acme', { displayName: `Acme ${i}` });
    }
    for (const i of range(3, COUNT)) await api.as('owner').patch('/users/owner', { firstName: `Owner ${i}` });
  });

  after(() => service.close());

  const seqs = ({ status, body, text }: Answer): readonly number[] | undefined => {
    expect(status, text).to.equal(200);
    return body.events?.map(({ seq }) => seq);
  };
  const cursorOf = async (stream: string): Promise<string> => {
    const { body } = await reader.get(`${stream}?limit=2`);
    expect(body.nextCursor).to.match(/^[\w-]+$/);
    return body.nextCursor ?? '';
  };

  for (const stream of STREAMS) {
    describe(`of ${stream}`, () => {
      it('come oldest first, all of them where they fit', async () => {
        const answer = await reader.get(stream);
        expect(seqs(answer)).to.deep.equal(range(1, COUNT));
        expect(answer.body).to.have.all.keys('events');
        expect(answer.headers.get('Cache-Control')).to.equal('private, no-cache');
        expect(answer.headers.get('Vary')).to.equal('Authorization');
      });

      for (const limit of [1, 7, COUNT, 100]) {
        it(`are each there once in pages of ${limit}`, async () => {
          const all: number[] = [];
          let cursor: string | undefined = '';
          for (let pages = 0; cursor !== undefined && pages <= COUNT; pages += 1) {
            const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
            const answer = await reader.get(`${stream}?limit=${limit}${more}`);
            const page = seqs(answer) ?? [];
            expect(page.length).to.be.at.most(limit);
            all.push(...page);
            cursor = answer.body.nextCursor;
          }
          expect(cursor).to.equal(undefined);
          expect(all).to.deep.equal(range(1, COUNT));
        });
      }

      it('replay after a number', async () => {
        expect(seqs(await reader.get(`${stream}?after=0`))).to.deep.equal(range(1, COUNT));
        expect(seqs(await reader.get(`${stream}?after=20`))).to.deep.equal(range(21, COUNT));
        expect(seqs(await reader.get(`${stream}?after=020`))).to.deep.equal(range(21, COUNT));
        for (const after of [COUNT, COUNT + 1, '9'.repeat(15)]) {
          const answer = await reader.get(`${stream}?after=${after}`);
          expect(answer.status).to.equal(200);
          expect(answer.body).to.deep.equal({ events: [] });
        }
        const first = await reader.get(`${stream}?after=5&limit=4`);
        expect(seqs(first)).to.deep.equal([6, 7, 8, 9]);
        const rest = await reader.get(`${stream}?limit=100&cursor=${first.body.nextCursor}`);
        expect(seqs(rest)).to.deep.equal(range(10, COUNT));
      });

      for (const after of ['-1', '1.5', 'abc', '', '1e1', '0x1', '%201', '9'.repeat(16)]) {
        it(`are never after "${after}"`, async () => {
          expect(wrongPlaces(await reader.get(`${stream}?after=${after}`))).to.deep.equal(['query.after']);
        });
      }

      it('are after one thing at a time', async () => {
        const cursor = await cursorOf(stream);
        expect(wrongPlaces(await reader.get(`${stream}?after=1&cursor=${cursor}`))).to.deep.equal([
          'query.after',
        ]);
        expect(wrongPlaces(await reader.get(`${stream}?after=1&after=2`))).to.deep.equal(['query.after']);
        expect(wrongPlaces(await reader.get(`${stream}?limit=0&x=1`))).to.deep.equal([
          'query.limit',
          'query.x',
        ]);
      });

      it('a cursor that was tampered with is refused', async () => {
        const cursor = await cursorOf(stream);
        const flip = (at: number) =>
          cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
        for (const bad of [0, 15, 18, cursor.length - 5].map(flip).concat('2', 'nonsense', cursor.slice(4))) {
          expect(wrongPlaces(await reader.get(`${stream}?cursor=${bad}`)), bad).to.deep.equal([
            'query.cursor',
          ]);
        }
      });

      it('a cursor of another list is refused', async () => {
        const others = ['/organizations/other/events', '/users/admin/events', ...STREAMS].filter(
          (one) => one !== stream,
        );
        for (const other of [
          ...others.filter((one) => !one.includes('other/')),
          '/organizations/acme/members',
        ]) {
          const answer = await reader.get(`${stream}?cursor=${await cursorOf(`${other}`)}`);
          expect(wrongPlaces(answer), other).to.deep.equal(['query.cursor']);
        }
        for (const other of [...others, '/organizations/acme/members']) {
          const answer = await reader.get(`${other}?cursor=${await cursorOf(stream)}`);
          expect(wrongPlaces(answer), other).to.deep.equal(['query.cursor']);
        }
      });
    });
  }

  it('new ones follow the last page, found with the number of the last event', async () => {
    await createOrganization(api, 'Live', { live: 'Owner' });
    const stream = '/organizations/live/events';
    expect(seqs(await reader.get(`${stream}?after=1`))).to.deep.equal([]);
    await api.as('live').patch('/organizations/live', { displayName: 'Live!' });
    expect(seqs(await reader.get(`${stream}?after=1`))).to.deep.equal([2]);
  });

  it('those of an organization are for Owners, Admins and services', async () => {
    const [stream] = STREAMS;
    for (const by of [api.as('owner'), api.as('admin'), reader, service.writer, service.admin]) {
      expect(seqs(await by.get(stream))).to.have.length(COUNT);
    }
    expect(refusalOf(await api.as('member').get(stream))).to.equal('403 forbidden');
    expect(refusalOf(await api.as('other').get(stream))).to.equal('404 organization_not_found');
    expect(refusalOf(await api.get(stream))).to.equal('401 unauthenticated');
    expect(refusalOf(await reader.get('/organizations/nowhere/events'))).to.equal(
      '404 organization_not_found',
    );
  });

  it('those of a user are for them and services', async () => {
    const [, stream] = STREAMS;
    for (const by of [api.as('owner'), reader, service.writer, service.admin]) {
      expect(seqs(await by.get(stream))).to.have.length(COUNT);
    }
    for (const username of ['admin', 'other']) {
      expect(refusalOf(await api.as(username).get(stream))).to.equal('403 forbidden');
    }
    expect(refusalOf(await api.as('admin').get('/users/nobody/events'))).to.equal('403 forbidden');
    expect(refusalOf(await api.get(stream))).to.equal('401 unauthenticated');
    expect(refusalOf(await reader.get('/users/nobody/events'))).to.equal('404 user_not_found');
  });

  it('a cursor opens nothing to whoever may not read them', async () => {
    const [stream] = STREAMS;
    const answer = await api.as('member').get(`${stream}?cursor=${await cursorOf(stream)}`);
    expect(refusalOf(answer)).to.equal('403 forbidden');
  });
});
