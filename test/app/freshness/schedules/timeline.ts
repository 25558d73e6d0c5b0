import { formatDisruption, formatEffect, formatKey, formatOutcome, formatSent } from './formatting.ts';
import type { SimulatedWorld } from './simulated-world.ts';
import type { Traced } from './trace.ts';
import type { Violation } from './violation.ts';

/** What happened in a world until it broke a promise, one line for each step, and what is wrong with it. */
export function timeline({ traced }: SimulatedWorld, violation: Violation): string {
  const { property, what, call, step: until = call?.ended?.step } = violation;
  const told = traced.filter(({ step }) => until === undefined || step <= until);
  const whose = call === undefined ? '' : ` client ${call.client}, "${call.operation.name}":`;
  return [...told.map(line), `✗ ${property}:${whose} ${what}`].join('\n');
}

function line(one: Traced): string {
  return `${String(one.ms).padStart(5)} ms  ${format(one)}`;
}

function format(one: Traced): string {
  switch (one.type) {
    case 'asked':
      return `client ${one.client} → ${formatKey(one.instance)}: ${one.what}`;
    case 'answered':
      return `client ${one.client} ← ${formatKey(one.instance)}: ${formatOutcome(one.outcome)}   [${one.what}]`;
    case 'given up':
      return `client ${one.client} waits no longer   [${one.what}]`;
    case 'operation': {
      const { instance, operation, keys, expected, sent, fate, effect } = one;
      const parts = [
        `${operation} ${keys.join(', ')}`,
        formatSent(operation, expected, sent),
        fate === 'answered' ? '' : fate.toUpperCase(),
        formatEffect(operation, effect),
      ];
      return `    ${formatKey(instance)} ${parts.filter((part) => part !== '').join(' | ')}`;
    }
    case 'woke':
      return `    ${formatKey(one.instance)} wakes`;
    case 'happening':
      return `— ${formatDisruption(one.what, one.key)}`;
    case 'crash':
      return `— ${formatKey(one.instance)} crashes`;
    case 'stage':
      return `— ${one.what}`;
  }
}
