import { renderRows, type Screen } from '../approval/card/row.ts';
import { renderVisible } from '../approval/card/visible.ts';
import type { LogRecord } from '../audit/read/log-record.ts';
import { Pairing } from '../audit/read/pairing.ts';
import { listAllLogs } from '../audit/places.ts';
import { mergeRecords } from '../audit/read/merge-records.ts';
import { unreadable } from '../audit/read/read-recorded.ts';
import type { RecordedCall } from '../audit/read/recorded-call.ts';
import { toCall, toResult } from '../audit/read/to-call.ts';
import { GuardError } from '../errors.ts';
import type { Io } from '../io.ts';
import { quote } from '../policy/quote.ts';
import { describeApprover, describeDecision, describeOutcome, renderDuration } from './describe-decision.ts';
import { describeEvent } from './describe-event.ts';
import { describeStdout } from './describe-stdout.ts';
import { nameCall, renderClock, renderDay } from './render-log.ts';

const ID = /^([0-9a-z]{1,32})\.(\d{1,15})$/;

/** Prints one line of the log in full, with the outcome of its call. Gives the exit code. */
export function showCall(id: string, json: boolean, io: Io): number {
  const [, session = '', number = ''] = ID.exec(id) ?? [];
  if (session === '')
    throw new GuardError('usage', `${quote(id)} is no id of a call`, {
      hints: ['mcp-guard log ends each row with one: 3f9a.12'],
    });
  const records = findRecords(session, Number(number), io);
  const sessions = new Set(records.map((record) => record.session));
  if (sessions.size === 0)
    throw new GuardError('usage', `no line of the log is called ${quote(id)}`, {
      hints: ['mcp-guard log shows what is there'],
    });
  if (sessions.size > 1)
    throw new GuardError('usage', `several runs begin with ${quote(session)}`, {
      hints: [...sessions].map((one) => `say which: ${one}.${number}`),
    });
  const text = json ? records.map(({ bytes }) => `${bytes.toString('latin1')}\n`) : render(records, io);
  io.stdout.write([...text].join(''));
  return 0;
}

/** The lines of that number, and what tells the outcomes of their calls. */
function findRecords(session: string, seq: number, io: Io): LogRecord[] {
  try {
    const paths = listAllLogs(io).filter((path) => path.includes(`-${session}`));
    const found: LogRecord[] = [];
    for (const record of mergeRecords(paths.map((path) => ({ path, from: 0 })))) {
      const isMeant = record.seq === seq || toResult(record)?.call === seq;
      if (isMeant && record.session.startsWith(session)) found.push(record);
    }
    return found;
  } catch (error) {
    throw unreadable(error);
  }
}

function* render(records: readonly LogRecord[], io: Io): Generator<string> {
  const screen = describeStdout(io, 120);
  const [first] = records;
  if (first === undefined) return;
  const pairing = new Pairing();
  for (const record of records) pairing.add(record);
  const [told] = pairing.flush();
  if (toCall(first) === null || told?.kind !== 'call') {
    yield* renderFields([['what', describeEvent(first)], ...listPlace(first)], screen);
    return;
  }
  const result = records.find(({ event }) => event === 'result');
  yield* renderFields([...listCall(told.call), ...listProof(first, result), ...listPlace(first)], screen);
  const { arguments: args } = told.call;
  if (args.kind === 'absent') yield `${screen.chalk.bold('arguments')}  none\n`;
  if (args.kind === 'untold') yield `${screen.chalk.bold('arguments')}  not in the log\n`;
  if (args.kind !== 'told') return;
  const rows = [...renderRows(args.json.toString(), screen, true)];
  yield `${screen.chalk.bold('arguments')}${rows.length === 0 ? '  {}' : ''}\n`;
  for (const row of rows) yield `${row}\n`;
}

type Field = readonly [string, string];

function listCall(call: RecordedCall): Field[] {
  const { tool, other, category, risk, rule, result } = call;
  const took = result === null ? '' : `, ${renderDuration(result.upstreamMs)}`;
  return [
    ['call', nameCall(call)],
    ['time', `${renderDay(call.time)} ${renderClock(call.time)} (${new Date(call.time).toISOString()})`],
    ['server', call.server],
    tool === null ? [other?.method ?? '', other?.target ?? ''] : ['tool', tool],
    ['does', category === null ? '' : `${category}, ${risk} risk`],
    ['decision', describeDecision(call)],
    ['rule', rule ?? ''],
    ['by', describeApprover(call)],
    ['outcome', `${describeOutcome(call)}${took}`],
  ];
}

function listProof({ fields }: LogRecord, result: LogRecord | undefined): Field[] {
  return [
    ['id on the wire', JSON.stringify(fields['id'])],
    ['policy', tell(fields['policyHash'])],
    ['arguments hash', tell(fields['argumentsHash'])],
    [
      'result',
      result === undefined
        ? ''
        : `${tell(result.fields['bytes'])} bytes, hash ${tell(result.fields['resultHash'])}`,
    ],
  ];
}

function listPlace({ session, seq, fields }: LogRecord): Field[] {
  return [['line', `number ${seq} of run ${session}, hash ${tell(fields['hash'])}`]];
}

function tell(value: unknown): string {
  return value === null || value === undefined
    ? ''
    : typeof value === 'string'
      ? value
      : JSON.stringify(value);
}

/** What is empty is left out. */
function* renderFields(fields: readonly Field[], { chalk }: Screen): Generator<string> {
  const told = fields.filter(([, text]) => text !== '');
  const width = Math.max(...told.map(([name]) => name.length));
  for (const [name, text] of told) yield `${chalk.bold(name.padEnd(width))}  ${renderVisible(text)}\n`;
}
