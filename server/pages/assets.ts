import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Hono } from 'hono';
import { compress } from 'hono/compress';
import { etag } from 'hono/etag';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const folder = new URL('./assets/', import.meta.url);
const YEAR = 'public, max-age=31536000, immutable';

type Asset = { readonly content: Buffer; readonly type: string; readonly hash: string };

const read = (file: URL): Asset => {
  const content = readFileSync(file);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 12);
  return { content, hash, type: TYPES[extname(fileURLToPath(file))] ?? 'text/plain' };
};

/** Everything in ./assets/ and the chart library, read once: they change with the program only. */
const ASSETS: ReadonlyMap<string, Asset> = new Map([
  ...readdirSync(folder).map((name) => [name, read(new URL(name, folder))] as const),
  ['echarts.js', read(new URL(import.meta.resolve('echarts/dist/echarts.min.js')))] as const,
]);

/** The address of a file, with its hash, so that browsers keep it until it changes. */
export function assetUrl(name: string): string {
  const asset = ASSETS.get(name);
  if (asset === undefined) throw new Error(`server/pages/assets/ holds no file \`${name}\``);
  return `/assets/${name}?v=${asset.hash}`;
}

/** GET /assets/:name */
export function assetRoutes(): Hono {
  const routes = new Hono();
  routes.use(compress());
  // A module is imported without its hash: it is asked about again, and sent again only when it changed.
  routes.use(etag());
  routes.get('/:name', (context) => {
    const asset = ASSETS.get(context.req.param('name'));
    if (asset === undefined) return context.notFound();
    const fresh = context.req.query('v') === asset.hash;
    return context.body(new Uint8Array(asset.content), 200, {
      'content-type': asset.type,
      'cache-control': fresh ? YEAR : 'no-cache',
    });
  });
  return routes;
}
