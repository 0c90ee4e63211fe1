// The cheapest MCP server there is: every line is answered from bytes prepared before, whatever it asks.
// node echo-server.js [bytes of text in each answer]
const text = 'x'.repeat(Number(process.argv[2] ?? 2));
const tail = Buffer.from(`,"result":{"content":[{"type":"text","text":"${text}"}]}}\n`);
const head = Buffer.from('{"jsonrpc":"2.0","id":');
const ID = Buffer.from('"id":');
let rest = [];

process.stdin.on('data', (chunk) => {
  let start = 0;
  const answers = [];
  for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
    const first = rest[0] ?? chunk.subarray(start, end);
    rest = [];
    const from = first.indexOf(ID) + ID.length;
    let to = from;
    while (first[to] >= 0x30 && first[to] <= 0x39) to++;
    answers.push(head, first.subarray(from, to), tail);
    start = end + 1;
  }
  if (start < chunk.length) rest.push(chunk.subarray(start));
  if (answers.length > 0) process.stdout.write(Buffer.concat(answers));
});
