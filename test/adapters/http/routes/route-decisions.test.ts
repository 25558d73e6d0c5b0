import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { CursorCipher } from '../../../../src/adapters/http/response/cursor-cipher.ts';
import { checkRoutes } from '../../../../src/adapters/http/routes/check-routes.ts';
import type { EndpointFactory } from '../../../../src/adapters/http/routes/endpoint.ts';
import { memberRoutes } from '../../../../src/adapters/http/routes/member-routes.ts';
import type { Routes } from '../../../../src/adapters/http/routes/mount.ts';
import { organizationRoutes } from '../../../../src/adapters/http/routes/organization-routes.ts';
import { userRoutes } from '../../../../src/adapters/http/routes/user-routes.ts';

const ROW =
  /^\| `(?<route>[A-Z]+ \/\S*)` \| \[.+\]\(\.\.\/(?<application>\S+)\) \| \[.+\]\(\.\.\/src\/domain\/(?<decision>\S+)\) \|$/;

const rows = readFileSync('docs/architecture.md', 'utf8')
  .split('\n')
  .map((line) => ROW.exec(line)?.groups)
  .filter((groups) => groups !== undefined);

describe('the table of routes and their decisions in docs/architecture.md', () => {
  it('has one row for each route', () => {
    const endpoint: EndpointFactory = () => () => {};
    const cursors = new CursorCipher(async () => 'store');
    const all: readonly Routes[] = [
      userRoutes(endpoint, cursors),
      organizationRoutes(endpoint, cursors),
      memberRoutes(endpoint, cursors),
      checkRoutes(endpoint),
    ];
    const routes = all.flatMap((some) =>
      Object.entries(some).flatMap(([path, handlers]) =>
        Object.keys(handlers).map((method) => `${method.toUpperCase()} ${path}`),
      ),
    );
    expect(routes).to.have.length.greaterThan(20);
    expect(rows.map((row) => row['route'])).to.have.members(routes);
  });

  for (const { route = '', application = '', decision = '' } of rows) {
    it(`${route}: ${application} imports ${decision}`, () => {
      expect(readFileSync(application, 'utf8')).to.include(`from '../../domain/${decision}'`);
    });
  }
});
