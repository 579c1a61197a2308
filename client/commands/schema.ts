import type { Command } from 'commander';
import { refuse } from '../../contracts/invalid-input.ts';
import { OPERATIONS } from '../../operations/index.ts';
import { schemaOf } from '../../operations/schema.ts';
import { type Act, verb } from '../cli.ts';
import { table } from '../terminal/table.ts';

/** schema: what an operation takes, and what it answers under --json. */
export function addSchema(program: Command, act: Act): void {
  verb(program, 'schema [operation]', 'the JSON Schema of what an operation takes and answers')
    .addHelpText('after', '\nWithout an operation it lists them all.')
    .action(
      act<[string | undefined]>(async (cli, name) => {
        if (name === undefined) {
          const rows = OPERATIONS.map((of) => ({
            name: of.name,
            effect: of.effect,
            role: of.role,
            says: of.says,
          }));
          return cli.print(rows, () =>
            table(
              ['operation', 'effect', 'role', 'what it does'],
              rows.map((row) => [row.name, row.effect, row.role, row.says]),
            ),
          );
        }
        const operation = OPERATIONS.find((of) => of.name === name);
        if (operation === undefined)
          return refuse('operation', `\`${name}\` is none; \`npx attune schema\` lists them`);
        const { says, role, effect } = operation;
        const schemas = {
          input: schemaOf(operation, 'input'),
          output: schemaOf(operation, 'output'),
        };
        const whole = { name, says, role, effect, ...schemas };
        return cli.print(whole, () => JSON.stringify(whole, null, 2));
      }),
    );
}
