import type { Finding } from '../../ports/diagnosis.ts';
import type { Print } from './print.ts';

/** Prints the findings and their totals. @returns whether none of them is a problem */
export function printFindings(findings: readonly Finding[], print: Print): boolean {
  for (const { level, what, advice } of findings) {
    print(`${level.padEnd(8)} ${what}`);
    if (advice !== undefined) print(`${' '.repeat(8)} → ${advice}`);
  }
  const problems = findings.filter(({ level }) => level === 'problem').length;
  const warnings = findings.filter(({ level }) => level === 'warning').length;
  print(`${problems} problem${problems === 1 ? '' : 's'}, ${warnings} warning${warnings === 1 ? '' : 's'}`);
  return problems === 0;
}
