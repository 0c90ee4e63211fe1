import { createHash } from 'node:crypto';
import type { Content, Listed } from '../approval/hub/console-message.ts';
import { redactArguments } from '../audit/redact.ts';
import { Survey, type Surveyed } from '../console/survey.ts';
import { count, renderLeft } from '../console/words.ts';
import type { Io } from '../io.ts';
import { renderJsonList, renderTable } from './table.ts';

const ID_LENGTH = 8;

/** Prints every question that waits, without answering any; the one that waits longest first. */
export async function listQuestions({ json }: { json: boolean }, io: Io): Promise<number> {
  const survey = await Survey.open(io);
  try {
    const guards = await survey.look();
    const waiting = guards
      .flatMap(({ link, questions, contents }) =>
        [...questions.values()].map((listed) => ({
          link,
          listed,
          content: contents.get(listed.key) ?? null,
        })),
      )
      .sort((a, b) => b.listed.waitedMs - a.listed.waitedMs);
    if (json) io.stdout.write(renderJsonList(waiting.map(renderJson)));
    else io.stdout.write(waiting.length === 0 ? renderNothing(guards) : renderList(waiting));
    warnOfSilent(guards, io);
    return 0;
  } finally {
    survey.close();
  }
}

/** What a guard that hangs would have said is missing, and nobody shall think there is none of it. */
export function warnOfSilent(guards: readonly Surveyed[], io: Pick<Io, 'stderr'>): void {
  for (const { link, isSilent } of guards) {
    if (isSilent)
      io.stderr.write(`mcp-guard: warning: the guard with process id ${link.pid} does not answer\n`);
  }
}

interface Waiting {
  readonly link: Surveyed['link'];
  readonly listed: Listed;
  readonly content: Content | null;
}

function renderNothing(guards: readonly Surveyed[]): string {
  return `nothing waits for an answer, ${guards.length === 0 ? 'no guard runs' : `${count(guards.length, 'guard')} asked`}\n`;
}

function renderList(waiting: readonly Waiting[]): string {
  const rows = waiting.map(({ listed }) => [
    nameQuestion(listed),
    listed.server,
    listed.tool,
    listed.profile?.risk ?? '',
    renderLeft(listed.waitedMs),
    listed.isLate ? 'late' : renderLeft(listed.leftMs),
    listed.rule,
  ]);
  return renderTable(['ID', 'SERVER', 'TOOL', 'RISK', 'WAITS', 'LEFT', 'RULE'], rows);
}

/** By hand, so that the arguments keep their spelling: a number beyond 2^53 stays what it is. */
function renderJson({ link, listed, content }: Waiting): string {
  const { server, tool, profile, rule, reason, waitedMs, leftMs, isLate } = listed;
  const head = { id: nameQuestion(listed), guard: link.pid, server, tool };
  const tail = {
    rule,
    reason,
    category: profile?.category ?? null,
    risk: profile?.risk ?? null,
    waitingMs: Math.round(waitedMs),
    expiresInMs: Math.max(0, Math.round(leftMs)),
    late: isLate,
  };
  return `${JSON.stringify(head).slice(0, -1)},"arguments":${renderArguments(content)},${JSON.stringify(tail).slice(1)}`;
}

function renderArguments(content: Content | null): string {
  const text = content?.arguments ?? null;
  if (text === null) return 'null';
  try {
    const redacted = redactArguments(Buffer.from(text), null);
    // Whoever speaks for a guard could send anything.
    JSON.parse(redacted);
    return redacted.replaceAll(/[\r\n]/g, ' ');
  } catch {
    return 'null';
  }
}

/** The key itself is what an answer needs, so it is never printed. */
function nameQuestion({ key }: Listed): string {
  return createHash('sha256').update(key).digest('hex').slice(0, ID_LENGTH);
}
