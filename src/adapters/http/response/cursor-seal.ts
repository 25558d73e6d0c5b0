import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { InvalidRequest } from '../errors.ts';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Otherwise Node takes shorter tags too, and those can be guessed. */
const WHOLE_TAGS = { authTagLength: TAG_BYTES };

/**
 * Makes cursors opaque to clients: AES-256-GCM, bound to the list they belong to. Whatever was tampered with,
 * or was made for another list or another store, is refused. All instances on a store derive the same key from its id.
 */
export class CursorSeal {
  readonly #storeId: () => Promise<string>;
  #key: Buffer | undefined;

  constructor(storeId: () => Promise<string>) {
    this.#storeId = storeId;
  }

  /** @param list names the list, the same when sealing and opening */
  async seal(cursor: string, list: string): Promise<string> {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, await this.#derivedKey(), iv, WHOLE_TAGS).setAAD(Buffer.from(list));
    const sealed = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** @throws {InvalidRequest} */
  async open(sealed: string, list: string): Promise<string> {
    const bytes = Buffer.from(sealed, 'base64url');
    const afterIv = bytes.subarray(IV_BYTES);
    const key = await this.#derivedKey();
    try {
      const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, IV_BYTES), WHOLE_TAGS)
        .setAAD(Buffer.from(list))
        .setAuthTag(afterIv.subarray(-TAG_BYTES));
      const opened = [decipher.update(afterIv.subarray(0, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(opened).toString('utf8');
    } catch {
      throw foreignCursor();
    }
  }

  async #derivedKey(): Promise<Buffer> {
    this.#key ??= Buffer.from(hkdfSync('sha256', await this.#storeId(), '', 'rollcall cursor', 32));
    return this.#key;
  }
}

export function foreignCursor(): InvalidRequest {
  const message = 'not a nextCursor of this list; leave it out to begin anew';
  return new InvalidRequest([{ path: 'query.cursor', message }]);
}
