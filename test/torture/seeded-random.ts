import { createCipheriv, createHash } from 'node:crypto';

const REFILL_BYTES = 4096;
const WORD_BYTES = 4;
const WORDS = 2 ** 32;

/** A reproducible random number generator. */
export class SeededRandom {
  readonly #stream;
  #bytes = Buffer.alloc(0);
  #position = 0;

  /** @param seed Each actor needs its own seed, so that its choices do not depend on the pace of other actors. */
  constructor(seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.#stream = createCipheriv('aes-128-ctr', digest.subarray(0, 16), digest.subarray(16));
  }

  /** Uniform in [0, 1). */
  fraction(): number {
    if (this.#position >= this.#bytes.length) {
      this.#bytes = this.#stream.update(Buffer.alloc(REFILL_BYTES));
      this.#position = 0;
    }
    const word = this.#bytes.readUInt32LE(this.#position);
    this.#position += WORD_BYTES;
    return word / WORDS;
  }

  /** Uniform in [min, max). */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  /** `true` with this probability. */
  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly [T, ...T[]]): T {
    return list[Math.floor(this.fraction() * list.length)] ?? list[0];
  }

  /** Up to `count` different elements in random order. */
  sample<T>(list: readonly T[], count: number): T[] {
    const remaining = [...list];
    return Array.from({ length: Math.min(count, remaining.length) }).flatMap(() =>
      remaining.splice(Math.floor(this.fraction() * remaining.length), 1),
    );
  }
}
