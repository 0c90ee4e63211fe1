// One function a row: what is done with a freshly started relay, and the figure that comes of it.
import { call } from './peer.js';

const MIB = 1 << 20;
const BIG = 10 * MIB;

/** Median round trip of one call at a time, in ms. */
export async function measureRoundTrip(start) {
  const peer = start();
  const times = [];
  for (let id = 1; id <= 2_000; id++) {
    const since = performance.now();
    peer.send(call(id));
    await peer.answered(id);
    if (id > 500) times.push(performance.now() - since);
  }
  await peer.end();
  return median(times);
}

/** Calls per second with 64 in flight. */
export async function measureThroughput(start) {
  const peer = start();
  const [rounds, flight] = [400, 64];
  await warmUp(peer, flight);
  const since = performance.now();
  for (let round = 1; round <= rounds; round++) {
    const calls = Array.from({ length: flight }, (_, index) => call(round * flight + index));
    peer.send(Buffer.concat(calls));
    await peer.answered((round + 1) * flight);
  }
  const seconds = (performance.now() - since) / 1_000;
  await peer.end();
  return (rounds * flight) / seconds;
}

/** MiB per second of answers of 10 MB; the server is told to give them. */
export async function measureAnswers(start) {
  const peer = start([String(BIG)]);
  await warmUp(peer, 1);
  const since = performance.now();
  for (let id = 2; id <= 13; id++) {
    peer.send(call(id));
    await peer.answered(id);
  }
  const seconds = (performance.now() - since) / 1_000;
  await peer.end();
  return (12 * BIG) / MIB / seconds;
}

/** MiB per second of arguments of 10 MB. */
export async function measureArguments(start) {
  const peer = start();
  const args = `{"text":"${'some text, '.repeat(BIG / 11)}"}`;
  await warmUp(peer, 1);
  const since = performance.now();
  for (let id = 2; id <= 9; id++) {
    peer.send(call(id, args));
    await peer.answered(id);
  }
  const seconds = (performance.now() - since) / 1_000;
  await peer.end();
  return (8 * args.length) / MIB / seconds;
}

/** From start to the first answer, in ms. */
export async function measureStart(start) {
  const since = performance.now();
  const peer = start();
  const params =
    '{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}';
  peer.send(Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":${params}}\n`));
  await peer.answered(1);
  const time = performance.now() - since;
  await peer.end();
  return time;
}

/** Peak MiB after 20,000 small calls. */
export async function measureSmallMemory(start) {
  const peer = start();
  for (let round = 0; round < 200; round++) {
    peer.send(Buffer.concat(Array.from({ length: 100 }, (_, index) => call(round * 100 + index))));
    await peer.answered((round + 1) * 100);
  }
  const { peak } = peer;
  await peer.end();
  return peak;
}

/** Peak MiB after one answer of 100 MB. */
export async function measureLargeMemory(start) {
  const peer = start([String(100 * MIB)]);
  peer.send(call(1));
  await peer.answered(1);
  const { peak } = peer;
  await peer.end();
  return peak;
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

async function warmUp(peer, lines) {
  peer.send(Buffer.concat(Array.from({ length: lines }, (_, index) => call(index))));
  await peer.answered(lines);
}
