import { identityOf } from './file-identity.ts';

/** The open files of a connection, by the paths that other processes use. */
export class OpenFiles {
  readonly #identities: readonly (readonly [path: string, identity: string | undefined])[];
  #missing: string | undefined;

  /** @param paths of files that are already open */
  constructor(paths: readonly string[]) {
    this.#identities = paths.map((path) => [path, identityOf(path)]);
  }

  /** The first path that no longer leads to the open file; `undefined` = all do. A missing file is never reported as present again. */
  missing(): string | undefined {
    this.#missing ??= this.#identities.find(([path, identity]) => identityOf(path) !== identity)?.[0];
    return this.#missing;
  }
}
