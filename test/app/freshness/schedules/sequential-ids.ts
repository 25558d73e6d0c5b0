import type { Ids } from '../../../../src/ports/ids.ts';

/** Ids that are the same in every run of the same schedule. */
export class SequentialIds implements Ids {
  #last = 0;

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
    this.#last += 1;
    return this.#last;
  }
}
