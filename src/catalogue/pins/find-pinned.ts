import { GuardError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { KnownTool } from '../known-tool.ts';
import { listPinStores } from './pin-store.ts';

/** A tool as some server's pins have it. */
export interface Pinned {
  readonly tool: KnownTool;
  readonly server: string;
  /** Whether the server has shown another definition since. */
  readonly hasChanged: boolean;
}

/**
 * The tool as it was pinned, of the named server or of any (`server` null); null where it was not pinned, where it was
 * too long to keep, or where servers differ about it. Pins that cannot be read are passed over.
 */
export function findPinned(tool: string, server: string | null, io: Io): Pinned | null {
  return openPinned(server, io)(tool);
}

/** The same for many tools: the pins are read once. */
export function openPinned(server: string | null, io: Io): (tool: string) => Pinned | null {
  const stores = (orNone(() => listPinStores(io)) ?? [])
    .filter(({ name }) => server === null || name === server)
    .map(({ name, store }) => ({ name, tools: orNone(() => store.read())?.tools ?? null }));
  return (tool) => {
    const found: Pinned[] = [];
    for (const { name, tools } of stores) {
      const pin = tools?.get(tool) ?? null;
      const text = pin?.definition.text ?? null;
      if (pin === null || text === null) continue;
      found.push({
        tool: new KnownTool(tool, Buffer.from(text)),
        server: name,
        hasChanged: pin.seen !== null,
      });
    }
    const [first] = found;
    const isOne = new Set(found.map((one) => one.tool.definition.hash)).size === 1;
    return first !== undefined && isOne
      ? { ...first, hasChanged: found.some((one) => one.hasChanged) }
      : null;
  };
}

function orNone<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof GuardError) return null;
    throw error;
  }
}
