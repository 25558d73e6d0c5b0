import { expect } from 'chai';
import {
  type ApiClient,
  type ApiResponse,
  createOrganization,
  createUsers,
  outcomeOf,
} from '../../support/api-client.ts';
import type { FleetUnderTest } from '../../support/use-fleet.ts';
import { Observer } from './observer.ts';
import { OrganizationHistory } from './organization-history.ts';
import type { Scale } from './pair.ts';
import { retryUntilSettled } from './retry-until-settled.ts';

/** Outcomes of a permitted operation during concurrent ones. */
const PERMITTED = [
  '200',
  '201',
  '204',
  '404 membership_not_found',
  '409 membership_already_exists',
  '409 conflict',
];

type Departure = (
  by: ApiClient,
  of: { readonly path: string; readonly self: string; readonly other: string; readonly heir: string },
) => Promise<ApiResponse>;

/** Each leaves one of two Owners. */
const DEPARTURES: readonly Departure[] = Object.values({
  leave: (by, { path, self }) => by.delete(`${path}/members/${self}`),
  stepDown: (by, { path, self }) => by.patch(`${path}/members/${self}`, { role: 'Admin' }),
  deleteAccount: (by, { self }) => by.delete(`/users/${self}`),
  removeOther: (by, { path, other }) => by.delete(`${path}/members/${other}`),
  demoteOther: (by, { path, other }) => by.patch(`${path}/members/${other}`, { role: 'Member' }),
  transferOwnership: (by, { path, heir }) => by.post(`${path}/ownership-transfers`, { toUsername: heir }),
} satisfies Record<string, Departure>);

/** Two concurrent requests, one through each instance. */
export function concurrencyScenario({ instanceA, instanceB }: FleetUnderTest, { rounds }: Scale): void {
  const observer = new Observer(instanceA, instanceB);

  it('lets only one of two Owners depart, for every combination of ways', async function () {
    this.timeout(60_000);
    const combinations = DEPARTURES.flatMap((one, i) =>
      DEPARTURES.slice(i).map((other) => [one, other] as const),
    );
    for (const [i, [one, other]] of combinations.entries()) {
      const [ann, bob, heir] = [`go${i}ann`, `go${i}bob`, `go${i}heir`];
      const path = await createOrganization(instanceA, `Go ${i}`, {
        [ann]: 'Owner',
        [bob]: 'Owner',
        [heir]: 'Member',
      });
      const responses = await Promise.all([
        one(instanceA.as(ann), { path, self: ann, other: bob, heir }),
        other(instanceB.as(bob), { path, self: bob, other: ann, heir }),
      ]);
      const summary = `${one.name}, ${other.name}: ${responses.map(outcomeOf)}`;
      for (const { status } of responses) expect(status, summary).to.be.lessThan(500);
      expect(Object.values(await observer.roles(`go-${i}`)), summary).to.include('Owner');
      const events = await observer.events(path, 'organization.created');
      expect(new OrganizationHistory().violationsIn(events), summary).to.deep.equal([]);
    }
  });

  it('rejects every operation of an Admin once the removal or demotion was acknowledged', async function () {
    this.timeout(60_000);
    const members = { momann: 'Owner', momadmin: 'Admin', momlow: 'Member' } as const;
    const path = await createOrganization(instanceA, 'Moment', members);
    await createUsers(instanceA, 'momnew', 'momnext');
    const admin = `${path}/members/momadmin`;
    const low = `${path}/members/momlow`;
    type RepeatedOperation = (by: ApiClient, time: number) => Promise<ApiResponse>;
    const addAndRemove =
      (memberUsername: string): RepeatedOperation =>
      (by, time) =>
        time % 2 === 0
          ? by.post(`${path}/members`, { memberUsername, role: 'Member' })
          : by.delete(`${path}/members/${memberUsername}`);
    /** Operations that an Admin may repeat, each with an effect. */
    const adminOperations: readonly RepeatedOperation[] = [
      addAndRemove('momnew'),
      addAndRemove('momnext'),
      (by, time) => by.patch(low, { role: time % 2 === 0 ? 'Admin' : 'Member' }),
      (by, time) => by.patch(path, { displayName: `Moment ${time}` }),
    ];
    for (let round = 1; round <= rounds; round += 1) {
      const [one, two] = round % 2 === 0 ? [instanceA, instanceB] : [instanceB, instanceA];
      const isRemoved = round % 4 < 2;
      const rejection = isRemoved ? '404 organization_not_found' : '403 forbidden';
      const untilRejected = async (operation: RepeatedOperation) => {
        for (let time = 0; time < 1000; time += 1) {
          const outcome = outcomeOf(await operation(two.as('momadmin'), time));
          if (outcome === rejection) return;
          expect(outcome).to.be.oneOf(PERMITTED);
        }
        expect.fail('the operation was never rejected');
      };
      const operations = Promise.all(adminOperations.map(untilRejected));
      const ann = one.as('momann');
      const ended = await retryUntilSettled(() =>
        isRemoved ? ann.delete(admin) : ann.patch(admin, { role: 'Member' }),
      );
      expect(ended.status, ended.text).to.be.lessThan(300);
      for (const operation of adminOperations)
        expect(outcomeOf(await operation(two.as('momadmin'), 0))).to.equal(rejection);
      await operations;
      const back = isRemoved
        ? await ann.post(`${path}/members`, { memberUsername: 'momadmin', role: 'Admin' })
        : await ann.patch(admin, { role: 'Admin' });
      expect(back.status, back.text).to.be.lessThan(300);
    }
    // Concurrent operations took effect before the removal or demotion.
    const events = await observer.events(path, 'organization.created');
    expect(new OrganizationHistory().violationsIn(events)).to.deep.equal([]);
  });
}
