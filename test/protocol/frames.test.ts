import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LineReader } from '../../src/wire/lines.ts';
import { Dialogue } from '../helpers/dialogue.ts';
import { policyOf } from '../helpers/policy.ts';

interface Case {
  readonly id: string;
  readonly terminated: boolean;
  readonly base64?: string;
  readonly executed: Readonly<Record<string, readonly string[]>>;
}

const PATH = join(import.meta.dirname, '../fixtures/frames.json');
const { cases } = JSON.parse(readFileSync(PATH, 'utf8')) as { cases: Case[] };

const GENERATED: Readonly<Record<string, () => Buffer>> = {
  deep_100k: () => call('safe', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  big_5MB: () => call('safe', `{"x":"${'a'.repeat(5_000_000)}"}`),
  big_11MB: () => call('safe', `{"x":"${'a'.repeat(11_000_000)}"}`),
};

function call(name: string, args: string): Buffer {
  return Buffer.from(
    `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`,
  );
}

/** What a guard that allows `safe` and denies `danger` does with a frame, in a word; and what reaches the server. */
function play({ id, base64, terminated }: Case): { outcome: string; forwarded: string[] } {
  const frame = base64 === undefined ? GENERATED[id]!() : Buffer.from(base64, 'base64');
  const session = new Dialogue(
    policyOf({ safe: { action: 'allow' }, danger: { action: 'deny' } }, { default: 'deny' }),
  );
  const reader = new LineReader(16 << 20);
  const events = [
    ...reader.push(terminated ? Buffer.concat([frame, Buffer.from('\n')]) : frame),
    ...reader.end(),
  ];
  const said = events.flatMap((event) =>
    session.event(
      event.kind === 'line'
        ? { kind: 'client-line', bytes: event.bytes }
        : { ...event, kind: 'client-too-long' },
    ),
  );
  const forwarded = said.filter((text) => text.startsWith('to-server ')).map((text) => text.slice(10));
  const replies = said.filter((text) => text.startsWith('to-client ')).map((text) => text.slice(10));
  return {
    outcome: forwarded.length > 0 ? 'forwarded' : (replies[0] ?? (said.length > 0 ? 'dropped' : 'blank')),
    forwarded,
  };
}

test('the corpus is whole', () => {
  expect(cases).toHaveLength(104);
});

test.each(cases)('$id: nothing is forwarded that some server ran as the denied tool', (frame) => {
  const { forwarded } = play(frame);
  const harmful = Object.values(frame.executed)
    .flat()
    .some((run) => /danger|smuggled/.test(run));
  if (harmful) expect(forwarded).toEqual([]);
  for (const line of forwarded) {
    const { method, params } = JSON.parse(line) as { method: string; params?: { name?: string } };
    expect(method === 'tools/call' ? params?.name : 'other').not.toBe('danger');
  }
});

test('every frame of the corpus gets the answer that was decided for it', () => {
  expect(Object.fromEntries(cases.map((frame) => [frame.id, play(frame).outcome]))).toMatchInlineSnapshot(`
    {
      "Infinity": "7 error -32700 invalid_frame",
      "NaN": "7 error -32700 invalid_frame",
      "args_arr": "7 error -32600 invalid_frame",
      "args_missing": "7 refused denied",
      "args_null": "7 error -32600 invalid_frame",
      "args_str": "7 error -32600 invalid_frame",
      "base_danger": "7 refused denied",
      "base_safe": "forwarded",
      "batch": "null error -32600 invalid_frame",
      "batch2": "null error -32600 invalid_frame",
      "big_11MB": "forwarded",
      "big_5MB": "forwarded",
      "big_exp": "forwarded",
      "bigint_arg": "forwarded",
      "bom": "null error -32700 invalid_frame",
      "case_Arguments": "7 error -32600 invalid_frame",
      "case_Method_after": "7 error -32600 invalid_frame",
      "case_Method_only": "7 error -32600 invalid_frame",
      "case_NAME_before": "7 error -32600 invalid_frame",
      "case_Name_after": "7 error -32600 invalid_frame",
      "case_ParamS_longs": "7 error -32600 invalid_frame",
      "case_Params_after": "7 error -32600 invalid_frame",
      "comment": "null error -32700 invalid_frame",
      "cr_between_frames": "null error -32700 invalid_frame",
      "cr_in_string": "7 error -32700 invalid_frame",
      "cr_smuggle": "null error -32700 invalid_frame",
      "crlf": "7 refused denied",
      "deep_100k": "7 error -32600 invalid_frame",
      "deep_1k": "7 error -32600 invalid_frame",
      "dup_args_key": "7 error -32600 invalid_frame",
      "dup_method_first_ping": "7 error -32600 invalid_frame",
      "dup_method_last_ping": "7 error -32600 invalid_frame",
      "dup_name_last_danger": "7 error -32600 invalid_frame",
      "dup_name_last_safe": "7 error -32600 invalid_frame",
      "dup_params_last_safe": "7 error -32600 invalid_frame",
      "dup_params_merge": "7 error -32600 invalid_frame",
      "empty_line": "blank",
      "escaped_key_name": "7 error -32600 invalid_frame",
      "escaped_method": "7 refused denied",
      "exp_int": "forwarded",
      "extra_top": "forwarded",
      "hex": "7 error -32700 invalid_frame",
      "hugeint_arg": "forwarded",
      "id_1_0": "null error -32600 invalid_frame",
      "id_1e0": "null error -32600 invalid_frame",
      "id_arr": "null error -32600 invalid_frame",
      "id_big": "null error -32600 invalid_frame",
      "id_bool": "null error -32600 invalid_frame",
      "id_empty_str": """ refused denied",
      "id_float": "null error -32600 invalid_frame",
      "id_null": "null error -32600 invalid_frame",
      "id_obj": "null error -32600 invalid_frame",
      "inputresp_field": "7 refused denied",
      "invalid_utf8_arg": "7 error -32700 invalid_frame",
      "invalid_utf8_name": "7 error -32700 invalid_frame",
      "jsonrpc_1": "7 error -32600 invalid_frame",
      "jsonrpc_num": "7 error -32600 invalid_frame",
      "leading_garbage": "null error -32700 invalid_frame",
      "leading_ws": "7 refused denied",
      "leading_zero": "7 error -32700 invalid_frame",
      "lone_surrogate_arg": "forwarded",
      "lone_surrogate_name": "7 error -32600 invalid_frame",
      "method_and_error": "7 error -32600 invalid_frame",
      "method_and_result": "7 error -32600 invalid_frame",
      "method_arr": "7 error -32600 invalid_frame",
      "method_case": "7 error -32600 invalid_frame",
      "method_space": "7 error -32600 invalid_frame",
      "name_arr": "7 error -32600 invalid_frame",
      "name_case": "7 refused denied",
      "name_cyr": "7 error -32600 invalid_frame",
      "name_fullwidth": "7 error -32600 invalid_frame",
      "name_lead_space": "7 error -32600 invalid_frame",
      "name_nul": "7 error -32600 invalid_frame",
      "name_num": "7 error -32600 invalid_frame",
      "name_space": "7 error -32600 invalid_frame",
      "name_zwsp": "7 error -32600 invalid_frame",
      "neg_zero": "forwarded",
      "neg_zero_f": "forwarded",
      "nel_x85": "null error -32700 invalid_frame",
      "no_id": "dropped",
      "no_jsonrpc": "7 error -32600 invalid_frame",
      "noeol": "7 refused denied",
      "nul_byte_in_ws": "null error -32700 invalid_frame",
      "nul_byte_tail": "null error -32700 invalid_frame",
      "nul_key_method": "7 error -32600 invalid_frame",
      "nul_key_name": "7 error -32600 invalid_frame",
      "one_dot_zero": "forwarded",
      "overlong_slash": "7 error -32700 invalid_frame",
      "params_arr": "7 error -32600 invalid_frame",
      "params_str": "7 error -32600 invalid_frame",
      "proto_args": "forwarded",
      "proto_params": "7 error -32600 invalid_frame",
      "proto_top": "7 error -32600 invalid_frame",
      "raw_tab_in_string": "7 error -32700 invalid_frame",
      "single_quotes": "null error -32700 invalid_frame",
      "task_field": "7 error 403 denied",
      "trailing_comma": "7 error -32700 invalid_frame",
      "trailing_garbage": "null error -32700 invalid_frame",
      "two_on_line": "null error -32700 invalid_frame",
      "two_on_line_space": "null error -32700 invalid_frame",
      "u2028_unescaped": "null error -32700 invalid_frame",
      "u2028_ws": "forwarded",
      "vt_ff": "null error -32700 invalid_frame",
      "ws_line": "blank",
    }
  `);
});
