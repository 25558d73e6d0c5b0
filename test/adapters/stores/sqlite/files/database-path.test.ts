import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { realDatabasePath } from '../../../../../src/adapters/stores/sqlite/files/database-path.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';

describe('realDatabasePath', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let root: string;

  beforeEach(() => {
    folder = temporaryFolder();
    root = realpathSync(folder.path);
  });
  afterEach(() => folder.remove());

  it('resolves symbolic links to the file and to its folder', () => {
    mkdirSync(`${root}/real`);
    writeFileSync(`${root}/real/some.db`, '');
    symlinkSync('real/some.db', `${root}/file-link`);
    symlinkSync('real', `${root}/folder-link`);
    symlinkSync(`${root}/file-link`, `${root}/link-to-link`);
    for (const path of ['real/some.db', 'file-link', 'folder-link/some.db', 'link-to-link']) {
      expect(realDatabasePath(`${root}/${path}`), path).to.equal(`${root}/real/some.db`);
    }
  });

  it('resolves the path of a missing file, also below missing folders and dangling links', () => {
    symlinkSync('later', `${root}/dangling`);
    symlinkSync('dangling', `${root}/link-to-dangling`);
    expect(realDatabasePath(`${root}/new.db`)).to.equal(`${root}/new.db`);
    expect(realDatabasePath(`${root}/a/b/../new.db`)).to.equal(`${root}/a/new.db`);
    for (const link of ['dangling', 'link-to-dangling']) {
      expect(realDatabasePath(`${root}/${link}`), link).to.equal(`${root}/later`);
      expect(realDatabasePath(`${root}/${link}/new.db`), link).to.equal(`${root}/later/new.db`);
    }
  });

  it('resolves a relative path against the working directory', () => {
    expect(realDatabasePath('missing/some.db')).to.equal(`${realpathSync('.')}/missing/some.db`);
  });

  it('rejects a path below a file, and circular links', () => {
    writeFileSync(`${root}/file`, '');
    symlinkSync('two', `${root}/one`);
    symlinkSync('one', `${root}/two`);
    expect(() => realDatabasePath(`${root}/file/some.db`)).to.throw('ENOTDIR');
    expect(() => realDatabasePath(`${root}/one`)).to.throw('ELOOP');
  });
});
