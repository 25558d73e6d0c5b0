import { expect } from 'chai';
import { InvalidRequest } from '../../../../src/adapters/http/errors.ts';
import { CursorCipher } from '../../../../src/adapters/http/response/cursor-cipher.ts';
import type { Cursor } from '../../../../src/ports/user-store.ts';

const IV_AND_TAG = 28;

describe('CursorCipher', () => {
  const cipher = new CursorCipher(async () => 'some-store');

  const expectRefused = async (bytes: Buffer, list: string): Promise<void> => {
    const decrypted = await cipher
      .decrypt(bytes.toString('base64url'), list)
      .catch((error: unknown) => error);
    expect(decrypted, bytes.toString('hex')).to.be.instanceOf(InvalidRequest);
  };

  for (const cursor of ['', 'm', 'olivia-org/olivia', '日本語']) {
    it(`decrypts what it has encrypted: "${cursor}"`, async () => {
      const encrypted = await cipher.encrypt(cursor as Cursor, 'some list');
      expect(await cipher.decrypt(encrypted, 'some list')).to.equal(cursor);
    });
  }

  // Found by trying all 2³² of them: as many bytes are enough for an IV and a short tag at once.
  const forged = { 'list a': '11e82623', 'list c': '5d7d3e00', 'list e': 'c7727042', 'list g': 'e974673a' };
  for (const [list, bytes] of Object.entries(forged)) {
    it(`does not decrypt the four bytes ${bytes}, which are their own tag`, () =>
      expectRefused(Buffer.from(bytes, 'hex'), list));
  }

  it('decrypts no part of an encrypted cursor, not even of an empty one', async () => {
    const whole = Buffer.from(await cipher.encrypt('' as Cursor, 'some list'), 'base64url');
    expect(whole).to.have.length(IV_AND_TAG);
    for (let length = 0; length < IV_AND_TAG; length++) {
      await expectRefused(whole.subarray(0, length), 'some list');
      await expectRefused(whole.subarray(IV_AND_TAG - length), 'some list');
    }
  });
});
