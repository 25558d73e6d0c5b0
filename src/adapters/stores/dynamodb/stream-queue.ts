/**
 * Serializes the commits of one process to each event stream. Of concurrent commits to a stream only one can get the
 * next event number, so the queue avoids failed attempts. Between processes the condition on the number decides.
 */
export class StreamQueue {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Runs `work` after all earlier work on any of these streams has ended.
   * @param wait waits for the earlier work; may give up at a deadline
   */
  async run<T>(
    streams: readonly string[],
    wait: (previous: Promise<unknown>) => Promise<void>,
    work: () => Promise<T>,
  ): Promise<T> {
    const previous = streams
      .map((stream) => this.#last.get(stream))
      .filter((earlier) => earlier !== undefined);
    let release = (): void => {};
    const done = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const stream of streams) this.#last.set(stream, done);
    try {
      if (previous.length > 0) await wait(Promise.all(previous));
      return await work();
    } finally {
      for (const stream of streams) if (this.#last.get(stream) === done) this.#last.delete(stream);
      release();
    }
  }
}
