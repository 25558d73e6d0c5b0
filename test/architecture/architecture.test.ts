import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Cruise, cruiseGaps, cruiseTree, importRules } from './cruise-tree.ts';
import { importExamples } from './import-examples.ts';
import { withTree, writeFiles } from './temporary-tree.ts';
import { treeExamples } from './tree-examples.ts';
import { treeRules, treeViolations } from './tree-rules.ts';
import { validTree } from './valid-tree.ts';
import { describeViolations, type Violation } from './violation.ts';
import type { ViolationExample } from './violation-example.ts';

const repositoryRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

describe('architecture of src', () => {
  let cruised: Cruise;
  before(async () => {
    cruised = await cruiseTree(repositoryRoot);
  });

  it('is read completely by dependency-cruiser', () => {
    expect(cruiseGaps(repositoryRoot, cruised)).to.deep.equal([]);
  });

  it('violates no import rule', () => {
    expect(describeViolations(cruised.violations)).to.equal('');
  });

  it('violates no rule about file names, folders and code', () => {
    expect(describeViolations(treeViolations(repositoryRoot))).to.equal('');
  });
});

describe('architecture rules on examples', () => {
  it('accept a source tree without violations', () =>
    withTree(validTree, async (root) => {
      const cruised = await cruiseTree(root);
      expect(cruiseGaps(root, cruised)).to.deep.equal([]);
      expect(describeViolations([...cruised.violations, ...treeViolations(root)])).to.equal('');
    }));

  it('report a file that dependency-cruiser did not read', () =>
    withTree(validTree, async (root) => {
      const cruised = await cruiseTree(root);
      writeFiles(root, { 'src/domain/late.ts': 'export {};\n' });
      expect(cruiseGaps(root, cruised)).to.deep.equal(['src/domain/late.ts was not read']);
    }));

  it('report a source tree without TypeScript files', () =>
    withTree({ 'package.json': '{}' }, async (root) => {
      expect(cruiseGaps(root, await cruiseTree(root))).to.deep.equal(['src has no TypeScript file']);
    }));

  describeExamples(
    'for imports',
    importExamples,
    importRules,
    async (root) => (await cruiseTree(root)).violations,
  );
  describeExamples('for file names, folders and code', treeExamples, treeRules, treeViolations);
});

/** Adds all examples to one valid tree, applies the rules once, then checks the violations of each example. */
function describeExamples(
  title: string,
  examples: readonly ViolationExample[],
  rules: readonly string[],
  applyRules: (root: string) => readonly Violation[] | Promise<readonly Violation[]>,
): void {
  describe(title, () => {
    let violations: readonly Violation[];
    before(async () => {
      const trees = [validTree, ...examples.map((example) => example.files)];
      const files = Object.fromEntries(trees.flatMap((tree) => Object.entries(tree)));
      violations = await withTree(files, applyRules);
    });

    for (const { title, files, expected } of examples) {
      it(`${expected.rule} rejects ${title}`, () => {
        const paths = new Set([...Object.keys(files), expected.from]);
        expect(violations.filter(({ from }) => paths.has(from))).to.deep.equal([expected]);
      });
    }

    it('report nothing else', () => {
      expect(violations).to.have.deep.members(examples.map(({ expected }) => expected));
    });

    it('each have an example', () => {
      expect(new Set(examples.map(({ expected }) => expected.rule))).to.deep.equal(new Set(rules));
    });
  });
}
