/** The settings of this instance do not fit the epochs of its store; no waiting changes that. */
export class EpochRefused extends Error {
  override readonly name = 'EpochRefused';
}
