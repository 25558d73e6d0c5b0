import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { InvalidRequest } from '../errors.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Without this, Node accepts shorter tags too, which can be guessed. */
const FULL_TAG = { authTagLength: TAG_BYTES };

/**
 * Encrypts cursors, so that they are opaque to clients: AES-256-GCM, bound to the list of the cursor. A cursor that was
 * modified, or that belongs to another list or another store, is rejected. All instances of a store derive the same key from
 * its id.
 */
export class CursorCipher {
  readonly #storeId: () => Promise<string>;
  #derived: { readonly storeId: string; readonly key: Buffer } | undefined;

  constructor(storeId: () => Promise<string>) {
    this.#storeId = storeId;
  }

  /** @param list identifies the list; the same for encryption and decryption */
  async encrypt(cursor: string, list: string): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, await this.#derivedKey(), iv, FULL_TAG).setAAD(Buffer.from(list));
    const encrypted = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, encrypted, cipher.getAuthTag()]).toString('base64url');
  }

  /** @throws {InvalidRequest} */
  async decrypt(encrypted: string, list: string): Promise<string> {
    const bytes = Buffer.from(encrypted, 'base64url');
    const afterIv = bytes.subarray(IV_BYTES);
    const key = await this.#derivedKey();
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), FULL_TAG)
        .setAAD(Buffer.from(list))
        .setAuthTag(afterIv.subarray(-TAG_BYTES));
      const decrypted = [decipher.update(afterIv.subarray(0, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(decrypted).toString('utf8');
    } catch {
      throw invalidCursor();
    }
  }

  async #derivedKey(): Promise<Buffer> {
    // The id changes when the store fails over.
    const storeId = await this.#storeId();
    if (this.#derived?.storeId !== storeId) {
      const key = Buffer.from(hkdfSync('sha256', storeId, '', 'rollcall cursor', 32));
      this.#derived = { storeId, key };
    }
    return this.#derived.key;
  }
}

export function invalidCursor(): InvalidRequest {
  const message = 'is not a nextCursor of this list; omit it to start from the beginning';
  return new InvalidRequest([{ path: 'query.cursor', message }]);
}
