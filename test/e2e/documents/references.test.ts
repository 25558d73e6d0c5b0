import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect } from 'chai';
import { CursorCipher } from '../../../src/adapters/http/response/cursor-cipher.ts';
import { checkRoutes } from '../../../src/adapters/http/routes/check-routes.ts';
import { healthRoutes } from '../../../src/adapters/http/routes/health-routes.ts';
import { memberRoutes } from '../../../src/adapters/http/routes/member-routes.ts';
import type { Routes } from '../../../src/adapters/http/routes/mount.ts';
import { organizationRoutes } from '../../../src/adapters/http/routes/organization-routes.ts';
import { userRoutes } from '../../../src/adapters/http/routes/user-routes.ts';
import { VARIABLES } from '../../../src/app/composition/config/variables.ts';
import type { Health } from '../../../src/app/operations/health.ts';
import { PERMISSIONS } from '../../../src/domain/permissions.ts';
import { ROOT, readDocuments } from './markdown.ts';

const documents = new Map(readDocuments().map(({ path, text }) => [path, text]));

/** Set by the environment, not by the operator of Rollcall. */
const SURROUNDINGS: ReadonlySet<string> = new Set(['NODE_ENV', 'AWS_LAMBDA_FUNCTION_NAME']);

describe('the reference', () => {
  const http = documents.get('docs/http-api.md') ?? '';

  it('has every setting', () => {
    const rows = rowsOf(documents.get('docs/configuration.md') ?? '').map(([names = '']) => names);
    const named = rows.flatMap((names) => [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name));
    const settings = Object.keys(VARIABLES).filter((name) => !SURROUNDINGS.has(name));
    expect(named.sort()).to.deep.equal(settings.sort());
  });

  it('has every default that is a number', () => {
    const rows = rowsOf(documents.get('docs/configuration.md') ?? '');
    for (const [names = '', , shown = ''] of rows) {
      const numbers = shown
        .replaceAll('`', '')
        .split(', ')
        .filter((one) => /^\d+(\.\d+)?$/.test(one));
      const named = [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name);
      const defaults = named.map((name) => VARIABLES[name as keyof typeof VARIABLES].parse(undefined));
      expect(numbers.map(Number), names).to.deep.equal(defaults.filter((one) => typeof one === 'number'));
    }
  });

  it('has every route', () => {
    const documented = rowsOf(http).flatMap(([routes = '']) => routesIn(routes));
    expect(documented.sort()).to.deep.equal(allRoutes().sort());
  });

  it('has every error code with its status', () => {
    const source = readFileSync(`${ROOT}src/adapters/http/response/problems.ts`, 'utf8');
    const codes = [...source.matchAll(/^ {2}(\w+): \[(\d{3}), /gm)].map(
      ([, code, status]) => `${status} ${code}`,
    );
    const documented = rowsOf(http).flatMap(([statuses = '', names = '']) => codesIn(statuses, names));
    expect(codes).to.have.length.above(20);
    expect(documented.sort()).to.deep.equal(codes.sort());
  });

  it('has every permission', () => {
    for (const permission of PERMISSIONS) expect(http).to.include(`\`${permission}\``);
  });
});

describe('links in the documents', () => {
  for (const [path, text] of documents) {
    const targets = [...text.matchAll(/(?:\]\(|src=")([^)"\s]+)/g)].map(([, target = '']) => target);
    const local = targets.filter((target) => !/^https?:/.test(target));
    if (local.length === 0) continue;
    it(`of ${path} lead somewhere`, () => {
      const broken = local.filter((target) => !isThere(path, target));
      expect(broken).to.deep.equal([]);
    });
  }
});

function isThere(from: string, target: string): boolean {
  const [file = '', anchor] = target.split('#');
  const path = file === '' ? from : normalize(join(dirname(from), file));
  if (!existsSync(join(ROOT, path))) return false;
  if (anchor === undefined) return true;
  const text = documents.get(path) ?? '';
  return [...text.matchAll(/^#+ (.*)$/gm)].some(([, heading = '']) => anchorOf(heading) === anchor);
}

/** The anchor that GitHub derives from a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** The cells of every table row. */
function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .replace(/^\| | \|$/g, '')
        .split(' | ')
        .map((cell) => cell.trim()),
    );
}

function allRoutes(): string[] {
  const endpoint = () => () => {};
  const seal = new CursorCipher(async () => '');
  const all: Routes = {
    ...healthRoutes(undefined as unknown as Health, () => false),
    ...checkRoutes(endpoint),
    ...userRoutes(endpoint, seal),
    ...organizationRoutes(endpoint, seal),
    ...memberRoutes(endpoint, seal),
  };
  return Object.entries(all).flatMap(([path, handlers]) =>
    Object.keys(handlers).map((method) => `${method.toUpperCase()} ${path.replace(/:(\w+)/g, '{$1}')}`),
  );
}

/** `POST /a/suspend`, `…/resume`: the ellipsis is the previous path without its last part. A query is no part of a route. */
function routesIn(cell: string): readonly string[] {
  let before = '';
  return [...cell.matchAll(/`((?:[A-Z]+ )?[/…][^`]*)`/g)].flatMap(([, shown = '']) => {
    const whole = shown.startsWith('…') ? before.replace(/\/[^/]*$/, shown.slice(1)) : shown;
    before = whole;
    return /^[A-Z]+ /.test(whole) ? [whole.replace(/\?.*/, '')] : [];
  });
}

/** A row with several statuses has one code for each. */
function codesIn(statuses: string, names: string): readonly string[] {
  if (!/^\d{3}( · \d{3})*$/.test(statuses)) return [];
  const all = statuses.split(' · ');
  const codes = [...names.matchAll(/`([a-z_]+)`/g)].map(([, code = '']) => code);
  return codes.map((code, i) => `${all.length === 1 ? all[0] : all[i]} ${code}`);
}
