import { isReserved } from '../../domain/people/claimed.ts';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Attempts } from '../access/attempts.ts';
import { createOpenings } from '../access/opening.ts';
import { LOCAL_OWNER, type OwnerAccess, signIn, signOut } from '../access/owner.ts';
import { sameToken } from '../access/token.ts';
import { readForm } from './ui/form.ts';
import { bare } from './ui/page.ts';

/** /open, /login and /logout: a one-time code or the token opens the console; the name given with the token stands in the audit rows. */
export function loginPage(access: OwnerAccess, attempts: Attempts): Hono {
  const page = new Hono();
  const openings = createOpenings(access.token);
  page.get('/open', async (context) => {
    const to = pathOf(context.req.query('to'));
    if (!openings.take(context.req.query('code') ?? '')) {
      attempts.check(context, 'code');
      attempts.failed(context, 'code');
      context.status(401);
      return bare(
        context,
        form(to, 'This link was used before, or is too old. `npx attune open` makes another one.'),
      );
    }
    await signIn(context, access, LOCAL_OWNER);
    return context.redirect(to, 303);
  });
  page.get('/login', (context) => bare(context, form(pathOf(context.req.query('to')))));
  page.post('/login', async (context) => {
    const field = await readForm(context);
    const to = pathOf(field('to'));
    if (!sameToken(field('token'), access.token)) {
      attempts.check(context, 'token');
      attempts.failed(context, 'token');
      context.status(401);
      return bare(context, form(to, 'That is not the token of this server.'));
    }
    const who = field('who') || 'owner';
    await signIn(context, access, isReserved(who) ? 'owner' : who.slice(0, 100));
    return context.redirect(to, 303);
  });
  page.post('/logout', (context) => {
    signOut(context, access);
    return context.redirect('/login', 303);
  });
  return page;
}

/** A path of this server, and nothing that a browser could read as another's. */
const pathOf = (to: string | undefined): string =>
  to !== undefined && /^\/(?![/\\])[^\\\s]*$/.test(to) ? to : '/';

const form = (to: string, fault?: string) => ({
  title: 'Sign in',
  body: html`<section class="card narrow">
    <h1>Sign in</h1>
    ${fault === undefined ? '' : html`<p class="fault" role="alert">${fault}</p>`}
    <form method="post" action="/login" class="stack">
      <input type="hidden" name="to" value="${to}" />
      <label>Your name <input name="who" autocomplete="name" required maxlength="100" /></label>
      <label>
        Token <input name="token" type="password" autocomplete="current-password" required />
      </label>
      <p class="hint">
        On the machine of the server <code>npx attune open</code> prints a link that signs in by
        itself. The token is <code>ATTUNE_TOKEN</code> of the server. Raters need none: each has a
        link.
      </p>
      <button class="primary">Sign in</button>
    </form>
  </section>`,
});
