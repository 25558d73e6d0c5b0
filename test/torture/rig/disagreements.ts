/** How often the spot check has found the cache wrong, by the log of an instance. */
export function disagreementsIn(log: string): number {
  return log.split('\n').filter(isDisagreement).length;
}

/** Of all that is logged, only this names both versions. A line may be cut short, where the process was killed. */
function isDisagreement(line: string): boolean {
  try {
    const { cachedVersion, storedVersion } = JSON.parse(line);
    return cachedVersion !== undefined && storedVersion !== undefined;
  } catch {
    return false;
  }
}
