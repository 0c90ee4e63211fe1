import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Asker } from '../approval/question.ts';
import { readPause } from '../approval/pause.ts';
import { guessProfile } from '../catalogue/known-tool.ts';
import type { Io } from '../io.ts';
import type { RuleWish } from '../policy/always/plan-rule.ts';
import { createGround } from '../policy/file/ground.ts';
import type { PolicySet } from '../policy/policy.ts';
import type { Notes } from './notes.ts';
import type { Desk, RuleAsked } from './questions.ts';

export interface DeskParts {
  /** The server's name. */
  readonly server: string;
  /** The policy that holds now. */
  readonly policy: () => PolicySet;
  readonly notes: Notes;
}

/** The places where people are asked, each loaded when it is first needed: most runs ask nothing. */
export function createDesk(io: Io, { server, policy, notes }: DeskParts): Desk {
  const warn = (text: string): void => notes.print('warn', text);
  const wishes = new Wishes(io, policy);
  return {
    warn,
    openTerminal: (propose) => openTerminal(io, propose),
    async openHub(listener) {
      try {
        const { openHub } = await import('../approval/hub/hub.ts');
        return await openHub({ io, server, listener });
      } catch (error) {
        warn(`consoles cannot reach this guard: ${explain(error)}`);
        return null;
      }
    },
    async openWindow({ opening, tool }) {
      const { openWindow } = await import('../approval/window/open-window.ts');
      const { why, ended } = await openWindow(opening, { server, tool }, io);
      if (why !== null) warn(`no window was opened for the question: ${why}`);
      await ended;
      return why ?? 'the window has gone';
    },
    async propose(asked) {
      const { proposeRule } = await import('../policy/always/write-rule.ts');
      return proposeRule(wishes.create(asked), io);
    },
    async writeRule(asked) {
      const { writeRule } = await import('../policy/always/write-rule.ts');
      const result = writeRule(wishes.create(asked), io);
      if (result.kind === 'impossible') return result.why;
      wishes.noteWritten(asked.layer, result.hash);
      return null;
    },
    isPaused: () => readPause(io),
    async recall() {
      if (!existsSync(join(io.folders.state, 'grants'))) return [];
      try {
        const { listStoredGrants } = await import('../approval/grant-store.ts');
        const now = io.date().getTime();
        return listStoredGrants(io).map((grant) => ({ grant, leftMs: grant.until - now }));
      } catch (error) {
        warn(`remembered answers cannot be read: ${explain(error)}`);
        return [];
      }
    },
    async keep(grant, lastsMs) {
      try {
        const { storeGrant } = await import('../approval/grant-store.ts');
        const given = io.date().getTime();
        storeGrant(io, { ...grant, given, until: given + lastsMs });
      } catch (error) {
        warn(`the answer holds for this session alone, as it could not be kept: ${explain(error)}`);
      }
    },
  };
}

/** What "always" asks for, in terms of the files as this guard knows them. */
class Wishes {
  readonly #io: Io;
  readonly #policy: () => PolicySet;
  /** By file: what this guard has itself written since it loaded it. */
  readonly #written = new Map<string, string>();

  constructor(io: Io, policy: () => PolicySet) {
    this.#io = io;
    this.#policy = policy;
  }

  create({ tool, rule, layer, profile }: RuleAsked): RuleWish {
    const { layers } = this.#policy();
    const own = layers.find((one) => one.policy.file === layer)?.policy.hash;
    const hashes = [own, this.#written.get(layer)].filter((hash) => hash !== undefined);
    const added = layer === layers[0].policy.file ? layers.filter(({ role }) => role === 'added') : [];
    return { file: layer, hashes, added, ground: createGround(this.#io, guessProfile), tool, rule, profile };
  }

  noteWritten(file: string, hash: string): void {
    this.#written.set(file, hash);
  }
}

async function openTerminal(io: Io, propose: Parameters<Desk['openTerminal']>[0]): Promise<Asker> {
  if (io.stdin.isTTY !== true) {
    return (await import('../approval/terminal/terminal.ts')).createTerminalApprover(io, { propose });
  }
  // Two readers of one terminal get some of the keys each.
  const why = 'the terminal is where mcp-guard reads its own input; connect a client to its stdin';
  return { ask: () => Promise.resolve({ kind: 'unavailable', why }), close: () => Promise.resolve() };
}

function explain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
