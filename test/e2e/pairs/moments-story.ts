import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  outcomeOf,
} from '../../support/api-client.ts';
import type { Fleet } from '../../support/fleet.ts';
import { Observer } from './observer.ts';
import { OrganizationHistory } from './organization-history.ts';
import type { Scale } from './pair.ts';
import { insisting } from './retrying.ts';

/** What may become of a deed while others do the same. */
const PASSING = [
  '200',
  '201',
  '204',
  '404 membership_not_found',
  '409 membership_already_exists',
  '409 conflict',
];

type Going = (
  by: ApiClient,
  of: { readonly path: string; readonly me: string; readonly other: string; readonly heir: string },
) => Promise<ApiResponse>;

/** Each leaves an organization of two Owners with one. */
const WAYS_TO_GO: readonly Going[] = Object.values({
  leaves: (by, { path, me }) => by.delete(`${path}/members/${me}`),
  stepsDown: (by, { path, me }) => by.patch(`${path}/members/${me}`, { role: 'Admin' }),
  endsTheirAccount: (by, { me }) => by.delete(`/users/${me}`),
  removesTheOther: (by, { path, other }) => by.delete(`${path}/members/${other}`),
  demotesTheOther: (by, { path, other }) => by.patch(`${path}/members/${other}`, { role: 'Member' }),
  handsOver: (by, { path, heir }) => by.post(`${path}/ownership-transfers`, { toUsername: heir }),
} satisfies Record<string, Going>);

/**
 * What two do at the same moment, each through an instance, whatever the service runs on.
 * @param start a fleet on an empty store
 */
export function momentsStory(start: () => Promise<Fleet>, { rounds }: Scale): void {
  let fleet: Fleet;
  let here: ApiClient;
  let there: ApiClient;
  let observer: Observer;

  before(async () => {
    fleet = await start();
    [here, there] = fleet.instances;
    observer = new Observer(here, there);
  });
  after(() => fleet?.close());

  it('lets two Owners not both go, however each of them goes', async function () {
    this.timeout(60_000);
    const pairsOfWays = WAYS_TO_GO.flatMap((one, i) =>
      WAYS_TO_GO.slice(i).map((other) => [one, other] as const),
    );
    for (const [i, [one, other]] of pairsOfWays.entries()) {
      const [ann, bob, heir] = [`go${i}ann`, `go${i}bob`, `go${i}heir`];
      const path = await createOrganization(here, `Go ${i}`, {
        [ann]: 'Owner',
        [bob]: 'Owner',
        [heir]: 'Member',
      });
      const responses = await Promise.all([
        one(here.as(ann), { path, me: ann, other: bob, heir }),
        other(there.as(bob), { path, me: bob, other: ann, heir }),
      ]);
      const told = `${one.name}, ${other.name}: ${responses.map(outcomeOf)}`;
      for (const { status } of responses) expect(status, told).to.be.lessThan(500);
      expect(Object.values(await observer.roles(`go-${i}`)), told).to.include('Owner');
      const events = await observer.events(path, 'organization.created');
      expect(new OrganizationHistory().faultsIn(events), told).to.deep.equal([]);
    }
  });

  it('lets an Admin who was removed or demoted a moment ago add nobody, and do nothing', async function () {
    this.timeout(60_000);
    const members = { momann: 'Owner', momadmin: 'Admin', momlow: 'Member' } as const;
    const path = await createOrganization(here, 'Moment', members);
    await createUsers(here, 'momnew', 'momnext');
    const admin = `${path}/members/momadmin`;
    const low = `${path}/members/momlow`;
    type Repeated = (by: ApiClient, time: number) => Promise<ApiResponse>;
    const comesAndGoes =
      (memberUsername: string): Repeated =>
      (by, time) =>
        time % 2 === 0
          ? by.post(`${path}/members`, { memberUsername, role: 'Member' })
          : by.delete(`${path}/members/${memberUsername}`);
    /** What an Admin may do, over and over, so that it changes something each time. */
    const deedsOfAdmin: readonly Repeated[] = [
      comesAndGoes('momnew'),
      comesAndGoes('momnext'),
      (by, time) => by.patch(low, { role: time % 2 === 0 ? 'Admin' : 'Member' }),
      (by, time) => by.patch(path, { displayName: `Moment ${time}` }),
    ];
    for (let turn = 1; turn <= rounds; turn += 1) {
      const [one, two] = turn % 2 === 0 ? [here, there] : [there, here];
      const isRemoved = turn % 4 < 2;
      const refused = isRemoved ? '404 organization_not_found' : '403 forbidden';
      const untilRefused = async (operation: Repeated) => {
        for (let time = 0; time < 1000; time += 1) {
          const did = outcomeOf(await operation(two.as('momadmin'), time));
          if (did === refused) return;
          expect(did).to.be.oneOf(PASSING);
        }
        expect.fail('it should have been refused by now');
      };
      const doing = Promise.all(deedsOfAdmin.map(untilRefused));
      const ann = one.as('momann');
      const ended = await insisting(() =>
        isRemoved ? ann.delete(admin) : ann.patch(admin, { role: 'Member' }),
      );
      expect(ended.status, ended.text).to.be.lessThan(300);
      for (const operation of deedsOfAdmin)
        expect(outcomeOf(await operation(two.as('momadmin'), 0))).to.equal(refused);
      await doing;
      const back = isRemoved
        ? await ann.post(`${path}/members`, { memberUsername: 'momadmin', role: 'Admin' })
        : await ann.patch(admin, { role: 'Admin' });
      expect(back.status, back.text).to.be.lessThan(300);
    }
    // Whatever was done at that moment was done before it.
    const events = await observer.events(path, 'organization.created');
    expect(new OrganizationHistory().faultsIn(events)).to.deep.equal([]);
  });
}
