import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cleanTree } from './clean-tree.ts';
import { type Cruise, cruiseGaps, cruiseTree, importRules } from './cruise-tree.ts';
import { injectedImports } from './import-violations.ts';
import type { InjectedViolation } from './injected-violation.ts';
import { withTree, writeFiles } from './temporary-tree.ts';
import { treeRules, treeViolations } from './tree-rules.ts';
import { injectedTrees } from './tree-violations.ts';
import { describeViolations, type Violation } from './violation.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

describe('architecture of src', () => {
  let cruised: Cruise;
  before(async () => {
    cruised = await cruiseTree(repository);
  });

  it('is read completely by dependency-cruiser', () => {
    expect(cruiseGaps(repository, cruised)).to.deep.equal([]);
  });

  it('breaks no import rule', () => {
    expect(describeViolations(cruised.violations)).to.equal('');
  });

  it('breaks no rule about names, places and text', () => {
    expect(describeViolations(treeViolations(repository))).to.equal('');
  });
});

describe('architecture rules on planted violations', () => {
  it('accept a tree that does everything the rules allow', () =>
    withTree(cleanTree, async (root) => {
      const cruised = await cruiseTree(root);
      expect(cruiseGaps(root, cruised)).to.deep.equal([]);
      expect(describeViolations([...cruised.violations, ...treeViolations(root)])).to.equal('');
    }));

  it('see when a file was not cruised', () =>
    withTree(cleanTree, async (root) => {
      const cruised = await cruiseTree(root);
      writeFiles(root, { 'src/domain/late.ts': 'export {};\n' });
      expect(cruiseGaps(root, cruised)).to.deep.equal(['src/domain/late.ts was not cruised']);
    }));

  it('see when there was nothing to cruise', () =>
    withTree({ 'package.json': '{}' }, async (root) => {
      expect(cruiseGaps(root, await cruiseTree(root))).to.deep.equal(['src has no TypeScript file']);
    }));

  describeInjected(
    'about imports',
    injectedImports,
    importRules,
    async (root) => (await cruiseTree(root)).violations,
  );
  describeInjected('about names, places and text', injectedTrees, treeRules, treeViolations);
});

/** Plants everything in one tree, looks once, then asks for each plant what was caught where it was planted. */
function describeInjected(
  title: string,
  injected: readonly InjectedViolation[],
  rules: readonly string[],
  look: (root: string) => readonly Violation[] | Promise<readonly Violation[]>,
): void {
  describe(title, () => {
    let violations: readonly Violation[];
    before(async () => {
      const trees = [cleanTree, ...injected.map((inject) => inject.files)];
      const files = Object.fromEntries(trees.flatMap((tree) => Object.entries(tree)));
      violations = await withTree(files, look);
    });

    for (const { title, files, expected } of injected) {
      it(`${expected.rule} catches ${title}`, () => {
        const places = new Set([...Object.keys(files), expected.from]);
        expect(violations.filter(({ from }) => places.has(from))).to.deep.equal([expected]);
      });
    }

    it('report nothing but the plants', () => {
      expect(violations).to.have.deep.members(injected.map(({ expected }) => expected));
    });

    it('are each proven by a plant', () => {
      expect(new Set(injected.map(({ expected }) => expected.rule))).to.deep.equal(new Set(rules));
    });
  });
}
