// For `node --test --test-global-setup=tests/global-setup.ts`: one keeper for all test files of the run.
import { type Keeper, startKeeper } from './keeping.ts';

let keeper: Keeper | undefined;

export async function globalSetup(): Promise<void> {
  keeper = await startKeeper();
  process.env['ATTUNE_TEST_KEEPER'] = keeper.keeper;
}

export async function globalTeardown(): Promise<void> {
  await keeper?.end();
}
