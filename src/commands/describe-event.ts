import type { LogRecord } from '../audit/read/log-record.ts';
import { count } from '../console/words.ts';

/** What a line of the log tells that is no call, as a clause. What it holds is from outside: show it made visible. */
export function describeEvent({ event, server, session, fields }: LogRecord): string {
  const say = (name: string): string => tell(fields[name]);
  switch (event) {
    case 'start':
      return `${server}: run ${session.slice(0, 4)} of mcp-guard ${say('version')} begins${describePart(fields['part'])}: ${say('command')}`;
    case 'end':
      return `${server}: run ${session.slice(0, 4)} ends: ${say('outcome')}`;
    case 'pause':
      return `${server}: ${fields['on'] === true ? 'paused, every call is refused' : 'the pause is lifted'}`;
    case 'policy':
      return fields['outcome'] === 'kept'
        ? `${server}: a changed policy cannot be used: ${say('reason')}`
        : `${server}: the policy was changed: ${say('files')}`;
    case 'definition':
      return `${server}: the definition of ${say('tool')} is ${say('outcome')}`;
    case 'package':
      return `${server}: the package is ${say('name')} ${say('version')}, and was ${say('was')}`;
    case 'grant':
      return `${server}: ${say('approver')} said yes for more than one call of ${say('tool')} (${say('scope')})`;
    case 'revoke':
      return `${server}: a yes for ${say('tool')} was taken back`;
    case 'refused-frame':
      return `${server}: a line of the ${say('from')} was refused: ${say('reason')}`;
    case 'gap':
      return `${server}: not in the log since ${say('since')}: ${describeGap(fields['calls'], fields['others'])}: ${say('reason')}`;
    default:
      return `${server}: ${event}`;
  }
}

function describePart(part: unknown): string {
  return typeof part === 'number' && part > 1 ? `, file ${part}` : '';
}

function describeGap(calls: unknown, others: unknown): string {
  return `${count(toNumber(calls), 'call')} and ${count(toNumber(others), 'other line')}`;
}

function toNumber(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function tell(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(tell).join(' ');
  return value === null || value === undefined ? 'unknown' : JSON.stringify(value);
}
