import type { Context } from 'hono';
import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';
import type { ConsoleEnv } from '../../access/owner.ts';
import { assetUrl } from '../assets.ts';
import { NAVIGATION } from './navigation.ts';

/** Markup whose every `${value}` has been escaped by `html`. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export type View = {
  readonly title: string;
  readonly body: Html;
  /** Files of ./assets/ that the page runs, `charts.js` for pictures, beside `forms.js` of the console's. */
  readonly scripts?: readonly string[];
  /** Files of ./assets/ that the scripts import, fetched beside them instead of after them. */
  readonly modules?: readonly string[];
  /** Files of ./assets/ beside `app.css`, which every page has, and `console.css` of the console's. */
  readonly styles?: readonly string[];
};

/** A page of the console with its navigation. */
export function show(context: Context<ConsoleEnv>, view: View): Response | Promise<Response> {
  const { pathname } = new URL(context.req.url);
  const here = (path: string): boolean => pathname === path || pathname.startsWith(`${path}/`);
  const header = html`<header class="bar">
    <a class="brand" href="/">Attune</a>
    <nav aria-label="Main">
      ${NAVIGATION.map(
        ({ path, title }) =>
          html`<a href="${path}" ${here(path) ? html`aria-current="page"` : ''}>${title}</a>`,
      )}
    </nav>
    <form method="post" action="/logout">
      <button class="plain">${context.get('who')}, sign out</button>
    </form>
  </header>`;
  return bare(context, {
    ...view,
    header,
    scripts: ['forms.js', ...(view.scripts ?? [])],
    styles: ['console.css', ...(view.styles ?? [])],
  });
}

/** A page without navigation: for signing in, for raters, for faults. */
export function bare(
  context: Context,
  {
    title,
    body,
    scripts = [],
    styles = [],
    modules = [],
    header,
  }: View & { readonly header?: Html },
): Response | Promise<Response> {
  const files = scripts.includes('charts.js') ? ['echarts.js', ...scripts] : scripts;
  return context.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${title} · Attune</title>
          <link rel="icon" href="${assetUrl('icon.svg')}" type="image/svg+xml" />
          ${['app.css', ...styles].map(
            (name) => html`<link rel="stylesheet" href="${assetUrl(name)}" />`,
          )}
          ${modules.map((name) => html`<link rel="modulepreload" href="/assets/${name}" />`)}
          ${files.map((name) => html`<script type="module" src="${assetUrl(name)}"></script>`)}
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          ${header}
          <main id="main" tabindex="-1">${body}</main>
        </body>
      </html>`,
  );
}
