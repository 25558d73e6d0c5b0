import { expect } from 'chai';
import { type ApiResponse, createOrganization, invalidFields, problemOf } from '../../support/api-client.ts';
import { pages } from '../../support/pages.ts';
import { range } from '../../support/range.ts';
import { useEmbeddedService } from '../../support/use-service.ts';

const STREAMS = ['/organizations/acme/events', '/users/owner/events'] as const;
/** The number of events in each of them. */
const COUNT = 25;

describe('event pages', () => {
  const service = useEmbeddedService();
  const { api, reader } = service;

  before(async () => {
    await createOrganization(api, 'Acme', { owner: 'Owner', admin: 'Admin', member: 'Member' });
    await createOrganization(api, 'Other', { other: 'Owner' });
    for (const i of range(4, COUNT)) {
      await api.as('owner').patch('/organizations/acme', { displayName: `Acme ${i}` });
    }
    for (const i of range(3, COUNT)) await api.as('owner').patch('/users/owner', { firstName: `Owner ${i}` });
  });

  const seqs = ({ status, body, text }: ApiResponse): readonly number[] | undefined => {
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
      it('return all events, oldest first, if they fit', async () => {
        const response = await reader.get(stream);
        expect(seqs(response)).to.deep.equal(range(1, COUNT));
        expect(response.body).to.have.all.keys('events');
        expect(response.headers.get('Cache-Control')).to.equal('private, no-cache');
        expect(response.headers.get('Vary')).to.equal('Authorization');
      });

      for (const limit of [1, 7, COUNT, 100]) {
        it(`return each event once in pages of ${limit}`, async () => {
          const all: number[] = [];
          for await (const response of pages(reader, stream, limit)) {
            const page = seqs(response) ?? [];
            expect(page.length).to.be.at.most(limit);
            all.push(...page);
          }
          expect(all).to.deep.equal(range(1, COUNT));
        });
      }

      it('return the events after a number', async () => {
        expect(seqs(await reader.get(`${stream}?after=0`))).to.deep.equal(range(1, COUNT));
        expect(seqs(await reader.get(`${stream}?after=20`))).to.deep.equal(range(21, COUNT));
        expect(seqs(await reader.get(`${stream}?after=020`))).to.deep.equal(range(21, COUNT));
        for (const after of [COUNT, COUNT + 1, '9'.repeat(15)]) {
          const response = await reader.get(`${stream}?after=${after}`);
          expect(response.status).to.equal(200);
          expect(response.body).to.deep.equal({ events: [] });
        }
        const first = await reader.get(`${stream}?after=5&limit=4`);
        expect(seqs(first)).to.deep.equal([6, 7, 8, 9]);
        const rest = await reader.get(`${stream}?limit=100&cursor=${first.body.nextCursor}`);
        expect(seqs(rest)).to.deep.equal(range(10, COUNT));
      });

      for (const after of ['-1', '1.5', 'abc', '', '1e1', '0x1', '%201', '9'.repeat(16)]) {
        it(`reject after="${after}"`, async () => {
          expect(invalidFields(await reader.get(`${stream}?after=${after}`))).to.deep.equal(['query.after']);
        });
      }

      it('reject more than one starting point', async () => {
        const cursor = await cursorOf(stream);
        expect(invalidFields(await reader.get(`${stream}?after=1&cursor=${cursor}`))).to.deep.equal([
          'query.after',
        ]);
        expect(invalidFields(await reader.get(`${stream}?after=1&after=2`))).to.deep.equal(['query.after']);
        expect(invalidFields(await reader.get(`${stream}?limit=0&x=1`))).to.deep.equal([
          'query.limit',
          'query.x',
        ]);
      });

      it('reject a cursor that was tampered with', async () => {
        const cursor = await cursorOf(stream);
        const flip = (at: number) =>
          cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
        for (const bad of [0, 15, 18, cursor.length - 5].map(flip).concat('2', 'nonsense', cursor.slice(4))) {
          expect(invalidFields(await reader.get(`${stream}?cursor=${bad}`)), bad).to.deep.equal([
            'query.cursor',
          ]);
        }
      });

      it('reject a cursor of another list', async () => {
        const others = ['/organizations/other/events', '/users/admin/events', ...STREAMS].filter(
          (one) => one !== stream,
        );
        for (const other of [
          ...others.filter((one) => !one.includes('other/')),
          '/organizations/acme/members',
        ]) {
          const response = await reader.get(`${stream}?cursor=${await cursorOf(`${other}`)}`);
          expect(invalidFields(response), other).to.deep.equal(['query.cursor']);
        }
        for (const other of [...others, '/organizations/acme/members']) {
          const response = await reader.get(`${other}?cursor=${await cursorOf(stream)}`);
          expect(invalidFields(response), other).to.deep.equal(['query.cursor']);
        }
      });
    });
  }

  it('return new events after the number of the last one', async () => {
    const { path, owner } = await service.organization({ owner: 'Owner' });
    const stream = `${path}/events`;
    expect(seqs(await reader.get(`${stream}?after=1`))).to.deep.equal([]);
    await owner.patch(path, { displayName: 'Live!' });
    expect(seqs(await reader.get(`${stream}?after=1`))).to.deep.equal([2]);
  });

  it('of an organization are for Owners, Admins and services', async () => {
    const [stream] = STREAMS;
    for (const by of [api.as('owner'), api.as('admin'), reader, service.writer, service.admin]) {
      expect(seqs(await by.get(stream))).to.have.length(COUNT);
    }
    expect(problemOf(await api.as('member').get(stream))).to.equal('403 forbidden');
    expect(problemOf(await api.as('other').get(stream))).to.equal('404 organization_not_found');
    expect(problemOf(await api.get(stream))).to.equal('401 unauthenticated');
    expect(problemOf(await reader.get('/organizations/nowhere/events'))).to.equal(
      '404 organization_not_found',
    );
  });

  it('of a user are for that user and services', async () => {
    const [, stream] = STREAMS;
    for (const by of [api.as('owner'), reader, service.writer, service.admin]) {
      expect(seqs(await by.get(stream))).to.have.length(COUNT);
    }
    for (const username of ['admin', 'other']) {
      expect(problemOf(await api.as(username).get(stream))).to.equal('403 forbidden');
    }
    expect(problemOf(await api.as('admin').get('/users/nobody/events'))).to.equal('403 forbidden');
    expect(problemOf(await api.get(stream))).to.equal('401 unauthenticated');
    expect(problemOf(await reader.get('/users/nobody/events'))).to.equal('404 user_not_found');
  });

  it('reject callers without access, even with a cursor', async () => {
    const [stream] = STREAMS;
    const response = await api.as('member').get(`${stream}?cursor=${await cursorOf(stream)}`);
    expect(problemOf(response)).to.equal('403 forbidden');
  });
});
