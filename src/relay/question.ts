import type { DefinitionChange, Question, ShownProfile } from '../approval/question.ts';
import type { Change } from '../catalogue/tool-book.ts';
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
    title: state.tools.find(tool)?.title ?? null,
    profile: asked.call.other === null ? showProfile(state, tool) : null,
    change: asked.call.other === null ? findChange(state, tool) : null,
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

function showProfile(state: State, tool: string): ShownProfile {
  const { category, risk, evidence } = state.tools.look(tool).assessment;
  return { category, risk, evidence };
}

function findChange({ policy, tools }: State, tool: string): Question['change'] {
  const change = policy.pin === 'off' ? null : tools.findChange(tool);
  return change === null ? null : (showChange(change) ?? 'unknown');
}

/** Null where a definition could not be kept as text: one key stands twice in it, or it has no end. */
export function showChange({ was, now }: Change): DefinitionChange | null {
  return was.text === null || now.text === null ? null : { was: was.text, now: now.text };
}
