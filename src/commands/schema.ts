import { Command } from 'commander';
import schema from '../../policy.schema.json' with { type: 'json' };
import type { Io } from '../io.ts';
import type { Finish } from './finish.ts';

export function schemaCommand(io: Io, finish: Finish): Command {
  return new Command('schema')
    .description('Prints the JSON Schema of the policy file, for editors and for other programs.')
    .addHelpText('after', '\nIn an editor: # yaml-language-server: $schema=<where you saved it>')
    .action(() => {
      io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
      finish(0);
    });
}
