import { expect } from 'chai';
import { kindOf, NOT_RUN, nameOf, ON_SERVERS } from './block-kinds.ts';
import { EmbeddedRun } from './embedded-run.ts';
import { type Block, readDocuments } from './markdown.ts';

const documents = readDocuments().map(({ path, blocks }) => ({
  path,
  blocks: blocks.filter(({ language }) => language === 'sh'),
}));

describe('commands in the documents', () => {
  it('are run by a test, or listed with the reason why not', () => {
    const blocks = documents.flatMap((document) => document.blocks);
    const unknown = blocks.filter((block) => kindOf(block) === undefined);
    expect(unknown.map(nameOf), 'add them to test/e2e/documents/block-kinds.ts').to.deep.equal([]);
    const names = new Set(blocks.map(nameOf));
    const listed = [...ON_SERVERS, ...Object.keys(NOT_RUN)];
    expect(
      listed.filter((name) => !names.has(name)),
      'listed, but in no document',
    ).to.deep.equal([]);
  });

  for (const { path, blocks } of documents) {
    const embedded = blocks.filter((block) => kindOf(block) === 'embedded');
    if (embedded.length === 0) continue;
    describe(path, () => {
      let run: EmbeddedRun;
      before(() => {
        run = new EmbeddedRun();
      });
      after(() => run.close());
      for (const block of embedded) {
        it(`line ${block.line}: ${titleOf(block)}`, () => run.run(block));
      }
    });
  }
});

function titleOf({ text }: Block): string {
  const [line = ''] = text.split('\n');
  return line.replace(/\s*(\\|# \d{3})$/, '').slice(0, 80);
}
