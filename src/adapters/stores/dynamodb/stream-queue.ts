/**
 * Lets the commits of one process into each event stream one after another. Only one of those that run side by side could
 * win its next number anyway; this spares them the attempts. Between processes the number's condition decides.
 */
export class StreamQueue {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs `work` when all who came earlier to any of these streams have left, or gave up.
   * @param wait waits for them, for as long as there is time
   */
  async run<T>(
    streams: readonly string[],
    wait: (others: Promise<unknown>) => Promise<void>,
    work: () => Promise<T>,
  ): Promise<T> {
    const others = streams.map((stream) => this.#last.get(stream)).filter((other) => other !== undefined);
    let leave = (): void => {};
    const mine = new Promise<void>((resolve) => {
      leave = resolve;
    });
    for (const stream of streams) this.#last.set(stream, mine);
    try {
      if (others.length > 0) await wait(Promise.all(others));
      return await work();
    } finally {
      for (const stream of streams) if (this.#last.get(stream) === mine) this.#last.delete(stream);
      leave();
    }
  }
}
