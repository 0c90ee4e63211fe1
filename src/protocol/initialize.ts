/** What an answer to `initialize` settles. */
export interface Settled {
  /** The protocol version; null where it cannot be read. */
  readonly version: string | null;
  /** The server said that it announces changes of its list of tools. */
  readonly announcesTools: boolean;
}

export function readInitialized(answer: Uint8Array): Settled {
  const result = readResult(answer);
  const version = result['protocolVersion'];
  const { tools } = toObject(result['capabilities']);
  return {
    version: typeof version === 'string' ? version : null,
    announcesTools: toObject(tools)['listChanged'] === true,
  };
}

function readResult(answer: Uint8Array): Record<string, unknown> {
  try {
    const text = Buffer.from(answer.buffer, answer.byteOffset, answer.length).toString();
    return toObject(toObject(JSON.parse(text))['result']);
  } catch {
    return {};
  }
}

function toObject(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}
