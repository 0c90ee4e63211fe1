import type { Content, Listed } from '../approval/hub/console-message.ts';
import { digestShown } from '../approval/digest-shown.ts';
import type { Question } from '../approval/question.ts';
import { renderContent } from '../approval/card/render-card.ts';
import { renderRemark, type Screen } from '../approval/card/row.ts';
import { LazyLines } from './lazy-lines.ts';

/** The chosen question with what is in it, as it is laid out for one screen. */
export interface Card {
  readonly content: Content;
  /** Of all that is shown of it; an answer is for this and nothing else. */
  readonly digest: string;
  readonly question: Question;
  /** Nothing cut, no secret hidden. */
  readonly isFull: boolean;
  readonly lines: LazyLines;
}

/** Lays the content out. What cannot be shown is said in place of it, and can only be refused. */
export function createCard(listed: Listed, content: Content, screen: Screen, isFull: boolean): Card {
  const question = createQuestion(listed, content);
  return {
    content,
    digest: digestShown(listed, content),
    question,
    isFull,
    lines: new LazyLines(renderAll(question, screen, isFull)),
  };
}

/** The question as the card shows it, which needs of its content only what it says about the call as a whole. */
export function createQuestion(listed: Listed, content: Content | null): Question {
  const { key, server, tool, title, profile, rule, reason, group, allowsAlways, asked, allowed, refused } =
    listed;
  return {
    key,
    server,
    tool,
    title,
    profile,
    // How it changed comes with the content; that it did, is known before.
    change: content?.change ?? (listed.isChanged ? 'unknown' : null),
    rule,
    reason,
    group,
    allowsAlways,
    arguments: encode(content?.arguments ?? null),
    attachments: new Map(content?.attachments.map(([name, json]) => [name, Buffer.from(json)])),
    timeoutMs: listed.leftMs,
    history: { asked, allowed, refused, lastAllowed: encode(content?.lastAllowed ?? null) },
  };
}

function encode(text: string | null): Uint8Array | null {
  return text === null ? null : Buffer.from(text);
}

function* renderAll(question: Question, screen: Screen, isFull: boolean): Generator<string> {
  try {
    yield* renderContent(question, screen, isFull);
  } catch (error) {
    yield* renderRemark('this cannot be shown, so it can only be refused', screen);
    throw error;
  }
}
