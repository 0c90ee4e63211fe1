// The cheapest MCP server there is: every line is answered from bytes prepared before, whatever it asks.
// node echo-server.js [bytes of text in each answer]
const text = 'x'.repeat(Number(process.argv[2] ?? 2));
const tail = Buffer.from(`,"result":{"content":[{"type":"text","text":"${text}"}]}}\n`);
const head = Buffer.from('{"jsonrpc":"2.0","id":');
const ID = Buffer.from('"id":');
/** The id stands near the start of a line, so more of a line that spans chunks need not be kept. */
const KEPT = 1_024;
let begun = Buffer.alloc(0);

process.stdin.on('data', (chunk) => {
  let start = 0;
  const answers = [];
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    answers.push(head, findId(keep(chunk.subarray(start, end))), tail);
    begun = begun.subarray(0, 0);
    start = end + 1;
  }
  if (start < chunk.length) begun = keep(chunk.subarray(start));
  if (answers.length > 0) process.stdout.write(Buffer.concat(answers));
});

function keep(part) {
  if (begun.length >= KEPT) return begun;
  return begun.length === 0 ? part : Buffer.concat([begun, part.subarray(0, KEPT)]);
}

function findId(line) {
  const from = line.indexOf(ID) + ID.length;
  let to = from;
  while (line[to] >= 0x30 && line[to] <= 0x39) to++;
  return line.subarray(from, to);
}
