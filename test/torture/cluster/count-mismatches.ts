/** Counts how often the consistency sampler reported a stale entry in the log of an instance. */
export function countMismatches(log: string): number {
  return log.split('\n').filter(isMismatch).length;
}

/** Only this log entry contains both versions. The last line of a killed process may be truncated. */
function isMismatch(line: string): boolean {
  try {
    const { cachedVersion, storedVersion } = JSON.parse(line);
    return cachedVersion !== undefined && storedVersion !== undefined;
  } catch {
    return false;
  }
}
