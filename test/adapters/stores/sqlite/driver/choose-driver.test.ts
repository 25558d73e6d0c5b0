import { expect } from 'chai';
import { chooseDriver } from '../../../../../src/adapters/stores/sqlite/driver/choose-driver.ts';
import { hasWalResetDefect } from '../../../../../src/adapters/stores/sqlite/driver/wal-reset-defect.ts';

const [major = 0] = process.versions.node.split('.').map(Number);

describe('the SQLite driver', () => {
  it(`on Node ${major} is free of the WAL-reset defect if such a driver is available`, async () => {
    const driver = await chooseDriver();
    if (major >= 24) expect(driver.name).to.equal('node:sqlite');
    if (major < 22) expect(driver.name).to.equal('libsql');
    expect(hasWalResetDefect(driver.version)).to.equal(driver.name === 'libsql');
    const db = driver.open(':memory:');
    expect(db.prepare('SELECT sqlite_version() AS version').get()).to.include({ version: driver.version });
    db.close();
  });

  it('has the WAL-reset defect in certain versions of SQLite', () => {
    const defective = ['3.7.0', '3.40.1', '3.44.5', '3.45.1', '3.47.0', '3.50.6', '3.51.0', '3.51.2'];
    const sound = ['3.44.6', '3.44.10', '3.50.7', '3.51.3', '3.51.10', '3.52.0', '3.53.4', '4.0.0'];
    for (const version of defective) expect(hasWalResetDefect(version), version).to.equal(true);
    for (const version of sound) expect(hasWalResetDefect(version), version).to.equal(false);
  });
});
