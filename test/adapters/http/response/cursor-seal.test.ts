import { expect } from 'chai';
import { InvalidRequest } from '../../../../src/adapters/http/errors.ts';
import { CursorSeal } from '../../../../src/adapters/http/response/cursor-seal.ts';
import type { Cursor } from '../../../../src/ports/user-store.ts';

const IV_AND_TAG = 28;

describe('CursorSeal', () => {
  const seal = new CursorSeal(async () => 'some-store');

  const expectRefused = async (bytes: Buffer, list: string): Promise<void> => {
    const opened = await seal.open(bytes.toString('base64url'), list).catch((error: unknown) => error);
    expect(opened, bytes.toString('hex')).to.be.instanceOf(InvalidRequest);
  };

  for (const cursor of ['', 'm', 'olivia-org/olivia', '日本語']) {
    it(`opens what it has sealed: "${cursor}"`, async () => {
      const sealed = await seal.seal(cursor as Cursor, 'some list');
      expect(await seal.open(sealed, 'some list')).to.equal(cursor);
    });
  }

  // Found by trying all 2³² of them: as many bytes are enough for an IV and a short tag at once.
  const forged = { 'list a': '11e82623', 'list c': '5d7d3e00', 'list e': 'c7727042', 'list g': 'e974673a' };
  for (const [list, bytes] of Object.entries(forged)) {
    it(`does not open the four bytes ${bytes}, which are their own tag`, () =>
      expectRefused(Buffer.from(bytes, 'hex'), list));
  }

  it('opens no part of what it has sealed, not even of nothing', async () => {
    const whole = Buffer.from(await seal.seal('' as Cursor, 'some list'), 'base64url');
    expect(whole).to.have.length(IV_AND_TAG);
    for (let length = 0; length < IV_AND_TAG; length++) {
      await expectRefused(whole.subarray(0, length), 'some list');
      await expectRefused(whole.subarray(IV_AND_TAG - length), 'some list');
    }
  });
});
