import type { SimulatedWorld } from './simulated-world.ts';
import type { Traced } from './trace.ts';
import type { Violation } from './violation.ts';
import { effectInWords, happeningInWords, nameOf, outcomeInWords, sentInWords } from './words.ts';

/** What happened in a world until it broke a promise, one line for each step, and what is wrong with it. */
export function timeline({ traced }: SimulatedWorld, violation: Violation): string {
  const { property, what, call, step: until = call?.ended?.step } = violation;
  const told = traced.filter(({ step }) => until === undefined || step <= until);
  const whose = call === undefined ? '' : ` client ${call.client}, "${call.operation.name}":`;
  return [...told.map(line), `✗ ${property}:${whose} ${what}`].join('\n');
}

function line(one: Traced): string {
  return `${String(one.ms).padStart(5)} ms  ${inWords(one)}`;
}

function inWords(one: Traced): string {
  switch (one.type) {
    case 'asked':
      return `client ${one.client} → ${nameOf(one.instance)}: ${one.what}`;
    case 'answered':
      return `client ${one.client} ← ${nameOf(one.instance)}: ${outcomeInWords(one.outcome)}   [${one.what}]`;
    case 'given up':
      return `client ${one.client} waits no longer   [${one.what}]`;
    case 'operation': {
      const { instance, operation, keys, expected, sent, fate, effect } = one;
      const parts = [
        `${operation} ${keys.join(', ')}`,
        sentInWords(operation, expected, sent),
        fate === 'answered' ? '' : fate.toUpperCase(),
        effectInWords(operation, effect),
      ];
      return `    ${nameOf(instance)} ${parts.filter((part) => part !== '').join(' | ')}`;
    }
    case 'woke':
      return `    ${nameOf(one.instance)} wakes`;
    case 'happening':
      return `— ${happeningInWords(one.what, one.key)}`;
    case 'crash':
      return `— ${nameOf(one.instance)} crashes`;
    case 'stage':
      return `— ${one.what}`;
  }
}
