/** The settings cannot be used. `problems` has one line for each mistake: what was given, what is expected. */
export class InvalidConfiguration extends Error {
  override readonly name: string = 'InvalidConfiguration';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], summary = 'the configuration is not valid') {
    super(`${summary}:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Another process has the store open exclusively. */
export class StoreLocked extends InvalidConfiguration {
  override readonly name = 'StoreLocked';
  /** The id of that process, if known. */
  readonly pid: number | undefined;

  constructor(problems: readonly string[], pid?: number) {
    super(problems, 'the store is in use');
    this.pid = pid;
  }
}
