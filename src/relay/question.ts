import type { DefinitionChange, Question, ShownProfile } from '../approval/question.ts';
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
    change: asked.call.other === null ? showChange(state, tool) : null,
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

function showChange(state: State, tool: string): DefinitionChange | null {
  const change = state.policy.pin === 'off' ? null : state.tools.findChange(tool);
  return change === null ? null : { was: change.was.text, now: change.now.text };
}
