/** The protocol version an `initialize` answer agrees on, null where it cannot be read. */
export function readNegotiatedVersion(answer: Uint8Array): string | null {
  try {
    const message: unknown = JSON.parse(
      Buffer.from(answer.buffer, answer.byteOffset, answer.length).toString(),
    );
    if (!isObject(message) || !isObject(message['result'])) return null;
    const version = message['result']['protocolVersion'];
    return typeof version === 'string' ? version : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
