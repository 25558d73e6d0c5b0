import { readFileSync, statSync } from 'node:fs';

/**
 * The id of a process that holds a write lock on a file. `undefined` = none, or unknown: only Linux lists the locks, and
 * only those of processes in the same container.
 */
export function lockHolder(path: string): number | undefined {
  try {
    const { ino } = statSync(path);
    // 1: POSIX  ADVISORY  WRITE 4711 fe:00:123456 1073741824 1073741825
    const line = readFileSync('/proc/locks', 'utf8')
      .split('\n')
      .map((text) => text.trim().split(/\s+/))
      .find((fields) => fields[3] === 'WRITE' && fields[5]?.endsWith(`:${ino}`));
    const pid = Number(line?.[4]);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
