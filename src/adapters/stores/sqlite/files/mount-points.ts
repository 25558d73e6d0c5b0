import { readFileSync } from 'node:fs';

/** Whether this path is a mount point. Always `false` on other systems than Linux. */
export function isMountPoint(path: string, mountInfo = readMountInfo()): boolean {
  return mountInfo.split('\n').some((line) => decodeOctal(line.split(' ')[4] ?? '') === path);
}

/** See proc_pid_mountinfo(5): the fifth field is the mount point, with blanks and backslashes escaped in octal. */
function decodeOctal(field: string): string {
  return field.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function readMountInfo(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}
