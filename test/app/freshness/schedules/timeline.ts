import { formatDisruption, formatEffect, formatOutcome, formatRequest, instanceName } from './formatting.ts';
import type { Simulation } from './simulation.ts';
import type { TraceEvent } from './trace.ts';
import type { Violation } from './violation.ts';

/** The events up to a violation, one per line, followed by the violation. */
export function timeline({ events }: Simulation, violation: Violation): string {
  const { property, details, call, step: lastStep = call?.response?.step } = violation;
  const relevant = events.filter(({ step }) => lastStep === undefined || step <= lastStep);
  const subject = call === undefined ? '' : ` client ${call.client}, "${call.operation.name}":`;
  return [...relevant.map(line), `✗ ${property}:${subject} ${details}`].join('\n');
}

function line(event: TraceEvent): string {
  return `${String(event.ms).padStart(5)} ms  ${format(event)}`;
}

function format(event: TraceEvent): string {
  switch (event.type) {
    case 'call invoked':
      return `client ${event.client} → ${instanceName(event.instance)}: ${event.operationName}`;
    case 'call completed':
      return `client ${event.client} ← ${instanceName(event.instance)}: ${formatOutcome(event.outcome)}   [${event.operationName}]`;
    case 'call abandoned':
      return `client ${event.client} gets no response   [${event.operationName}]`;
    case 'operation': {
      const { instance, operation, keys, expected, value, outcome, effect } = event;
      const parts = [
        `${operation} ${keys.join(', ')}`,
        formatRequest(operation, expected, value),
        outcome === 'ok' ? '' : outcome.toUpperCase(),
        formatEffect(operation, effect),
      ];
      return `    ${instanceName(instance)} ${parts.filter((part) => part !== '').join(' | ')}`;
    }
    case 'sleep ended':
      return `    ${instanceName(event.instance)} wakes up`;
    case 'disruption':
      return `— ${formatDisruption(event.disruption, event.key)}`;
    case 'crash':
      return `— ${instanceName(event.instance)} crashes`;
    case 'phase':
      return `— ${event.description}`;
  }
}
