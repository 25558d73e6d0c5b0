import type { Ids } from '../../../../src/ports/ids.ts';

/** Ids that come in the same order in every run of the same schedule. */
export class CountingIds implements Ids {
  #made = 0;

  userId(): string {
    return `user_${this.#next()}`;
  }

  organizationId(): string {
    return `org_${this.#next()}`;
  }

  token(): string {
    return `t${this.#next()}`;
  }

  fraction(): number {
    return 0.5;
  }

  #next(): number {
    this.#made += 1;
    return this.#made;
  }
}
