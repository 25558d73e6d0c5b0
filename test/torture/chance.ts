import { createCipheriv, createHash } from 'node:crypto';

const REFILL_BYTES = 4096;
const WORD_BYTES = 4;
const WORDS = 2 ** 32;

/** Random choices that a seed repeats. */
export class Chance {
  readonly #stream;
  #bytes = Buffer.alloc(0);
  #at = 0;

  /** @param seed text: equal for equal choices. Give each actor one of its own, so that it depends on no other's pace */
  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#stream = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16));
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    if (this.#at >= this.#bytes.length) {
      this.#bytes = this.#stream.update(Buffer.alloc(REFILL_BYTES));
      this.#at = 0;
    }
    const word = this.#bytes.readUInt32LE(this.#at);
    this.#at += WORD_BYTES;
    return word / WORDS;
  }

  /** Uniform in [from, to). */
  between(from: number, to: number): number {
    return from + this.fraction() * (to - from);
  }

  /** `true` in this part of all cases. */
  happens(part: number): boolean {
    return this.fraction() < part;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.fraction() * list.length)] ?? list[0];
  }

  /** So many different ones, in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    return Array.from({ length: Math.min(count, left.length) }).flatMap(() =>
      left.splice(Math.floor(this.fraction() * left.length), 1),
    );
  }
}
