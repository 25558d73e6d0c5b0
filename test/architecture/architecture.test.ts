import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Breach, describeBreaches } from './breach.ts';
import { cleanTree } from './clean-tree.ts';
import { type Cruise, cruiseGaps, cruiseTree, importRules } from './cruise-tree.ts';
import { importPlants } from './import-plants.ts';
import type { Plant } from './plant.ts';
import { withTree, writeFiles } from './planted-tree.ts';
import { treeBreaches, treeRules } from './tree-breaches.ts';
import { treePlants } from './tree-plants.ts';

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
    expect(describeBreaches(cruised.breaches)).to.equal('');
  });

  it('breaks no rule about names, places and text', () => {
    expect(describeBreaches(treeBreaches(repository))).to.equal('');
  });
});

describe('architecture rules on planted violations', () => {
  it('accept a tree that does everything the rules allow', () =>
    withTree(cleanTree, async (root) => {
      const cruised = await cruiseTree(root);
      expect(cruiseGaps(root, cruised)).to.deep.equal([]);
      expect(describeBreaches([...cruised.breaches, ...treeBreaches(root)])).to.equal('');
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

  describePlants(
    'about imports',
    importPlants,
    importRules,
    async (root) => (await cruiseTree(root)).breaches,
  );
  describePlants('about names, places and text', treePlants, treeRules, treeBreaches);
});

/** Plants everything in one tree, looks once, then asks for each plant what was caught where it was planted. */
function describePlants(
  title: string,
  plants: readonly Plant[],
  rules: readonly string[],
  look: (root: string) => readonly Breach[] | Promise<readonly Breach[]>,
): void {
  describe(title, () => {
    let breaches: readonly Breach[];
    before(async () => {
      const trees = [cleanTree, ...plants.map((plant) => plant.files)];
      const files = Object.fromEntries(trees.flatMap((tree) => Object.entries(tree)));
      breaches = await withTree(files, look);
    });

    for (const { title, files, caught } of plants) {
      it(`${caught.rule} catches ${title}`, () => {
        const places = new Set([...Object.keys(files), caught.from]);
        expect(breaches.filter(({ from }) => places.has(from))).to.deep.equal([caught]);
      });
    }

    it('report nothing but the plants', () => {
      expect(breaches).to.have.deep.members(plants.map(({ caught }) => caught));
    });

    it('are each proven by a plant', () => {
      expect(new Set(plants.map(({ caught }) => caught.rule))).to.deep.equal(new Set(rules));
    });
  });
}
