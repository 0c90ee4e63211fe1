import type { Question } from '../approval/question.ts';
import type { Asked } from './asked.ts';
import type { State } from './state.ts';

/** What a person is shown: the bytes that will be forwarded. */
export function createQuestion(state: State, asked: Asked, now: number): Question {
  const { call, tool } = asked.call;
  const { asked: count, ...history } = state.memory.history(tool);
  return {
    key: asked.key,
    server: state.settings.server,
    tool,
    title: state.definitions.get(tool)?.title ?? null,
    rule: asked.rule,
    reason: asked.reason,
    arguments: call.arguments,
    attachments: call.attachments,
    timeoutMs: asked.endsAt - now,
    group: `${tool} ${asked.binding.digest}`,
    // Without this one.
    history: { asked: count - 1, ...history },
    allowsAlways: asked.allowsAlways,
  };
}
