import { expect } from 'chai';
import { endProcesses, type RollcallProcess, startRollcall } from '../../support/rollcall-process.ts';

const CLIENTS = 6;
const ACKNOWLEDGED_BEFORE_KILL = 200;

interface Attempt {
  readonly run: (service: RollcallProcess) => Promise<{ status: number }>;
  readonly path: string;
  readonly as: string;
  acknowledged: boolean;
}

/** Clients that write until the service is killed, and their writes. */
class Load {
  readonly attempts: Attempt[] = [];
  readonly creators = new Map<string, string>();
  #acknowledged = 0;
  readonly #service: RollcallProcess;

  constructor(service: RollcallProcess) {
    this.#service = service;
  }

  async untilKilled(): Promise<void> {
    await Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.#client(client)));
  }

  async #client(client: number): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      const name = `${client}-${turn}`;
      const org = `org-${name}`;
      this.creators.set(org, `ann-${name}`);
      const alive =
        (await this.#attempt(`/users/ann-${name}`, '', (to) => to.createUser(`ann-${name}`))) &&
        (await this.#attempt(`/users/bob-${name}`, '', (to) => to.createUser(`bob-${name}`))) &&
        (await this.#attempt(`/organizations/${org}`, `ann-${name}`, (to) =>
          to.createOrganization(`ann-${name}`, org),
        )) &&
        (await this.#attempt(`/organizations/${org}/members/bob-${name}`, `ann-${name}`, (to) =>
          to.addMember(`ann-${name}`, org, `bob-${name}`),
        ));
      if (!alive) return;
    }
  }

  /** @returns whether the service still answered */
  async #attempt(path: string, as: string, run: Attempt['run']): Promise<boolean> {
    const attempt: Attempt = { run, path, as, acknowledged: false };
    this.attempts.push(attempt);
    let status: number;
    try {
      ({ status } = await run(this.#service));
    } catch {
      return false;
    }
    expect(status, path).to.equal(201);
    attempt.acknowledged = true;
    this.#acknowledged += 1;
    if (this.#acknowledged === ACKNOWLEDGED_BEFORE_KILL) this.#service.signal('SIGKILL');
    return true;
  }
}

describe('durability', function () {
  this.timeout(60_000);
  let load: Load;
  let service: RollcallProcess;

  before(async () => {
    service = await startRollcall();
    const { folder } = service;
    await service.createUser('ann');
    await service.createUser('bob');
    await service.createUser('cyd');
    await service.createOrganization('ann', 'Acme');
    await service.addMember('ann', 'acme', 'bob');
    await service.addMember('ann', 'acme', 'cyd');
    await service.call('PATCH', '/organizations/acme/members/bob', { as: 'ann', body: { role: 'Owner' } });
    await service.call('DELETE', '/organizations/acme/members/cyd', { as: 'ann' });
    load = new Load(service);
    await load.untilKilled();
    expect(await service.exit()).to.equal('SIGKILL');
    service = await startRollcall({ folder });
  });
  after(endProcesses);

  it('keeps the writes of a single client after kill -9', async () => {
    const members = await service.call('GET', '/organizations/acme/members', { as: 'bob' });
    expect(members.status).to.equal(200);
    expect(members).to.have.nested.property('body.members.length', 2);
    expect(members).to.have.nested.property('body.members[0].memberUsername', 'ann');
    expect(members).to.have.nested.property('body.members[1].memberUsername', 'bob');
    expect(members).to.have.nested.property('body.members[1].role', 'Owner');
    expect(members).to.have.nested.property('body.members[1].version', 2);
    expect((await service.call('GET', '/users/cyd')).status).to.equal(200);
  });

  it('keeps every acknowledged write under load after kill -9', async () => {
    const acknowledged = load.attempts.filter((one) => one.acknowledged);
    expect(acknowledged).to.have.length.of.at.least(ACKNOWLEDGED_BEFORE_KILL);
    await Promise.all(
      acknowledged.map(async ({ path, as }) => {
        const { status } = await service.call('GET', path, as === '' ? {} : { as });
        expect(status, path).to.equal(200);
      }),
    );
  });

  it('applies unacknowledged writes completely or not at all', async () => {
    const unacknowledged = load.attempts.filter((one) => !one.acknowledged);
    expect(unacknowledged).not.to.have.length(0);
    for (const { run, path, as } of unacknowledged) {
      const { status: before } = await service.call('GET', path, as === '' ? {} : { as });
      // An invisible, partly applied write would cause a conflict here.
      const { status: again } = await run(service);
      expect([before, again], path).to.be.deep.oneOf([
        [200, 409],
        [404, 201],
      ]);
    }
  });

  it('has an Owner in every organization: its creator', async () => {
    await Promise.all(
      [...load.creators].map(async ([organization, creator]) => {
        const response = await service.call('GET', `/organizations/${organization}`, { as: creator });
        if (response.status !== 200) return;
        expect(response).to.have.nested.property('body.organization.foundingUser', creator);
        const path = `/organizations/${organization}/members/${creator}`;
        const membership = await service.call('GET', path, { as: creator });
        expect(membership, path).to.have.nested.property('body.membership.role', 'Owner');
      }),
    );
  });
});
