import { readFileSync } from 'node:fs';

/** Whether something is mounted at exactly this path. Known on Linux only; elsewhere `false`. */
export function isMountPoint(path: string, mountInfo = readMountInfo()): boolean {
  return mountInfo.split('\n').some((line) => decodeOctal(line.split(' ')[4] ?? '') === path);
}

/** See proc_pid_mountinfo(5): the fifth field is the mount point, with blanks and backslashes as octal numbers. */
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
