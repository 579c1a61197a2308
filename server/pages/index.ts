import { Hono } from 'hono';
import type { AppDeps } from '../app.ts';
import { type ConsoleEnv, requireOwner } from '../access/owner.ts';
import { sameOrigin } from '../access/origin.ts';
import { assetRoutes } from './assets.ts';
import { cyclesPage } from './cycles.ts';
import { datasetsPage } from './datasets.ts';
import { drivesPage } from './drives.ts';
import { evaluationsPage } from './evaluations.ts';
import { answerFault } from './fault.ts';
import { judgesPage } from './judges.ts';
import { labelPage } from './label.ts';
import { loginPage } from './login.ts';
import { NAVIGATION } from './navigation.ts';
import { promptsPage } from './prompts.ts';
import { sessionsPage } from './sessions.ts';
import { tracesPage } from './traces.ts';

/** The console (README.md in this folder): assets and signing in for everybody, all other pages for owners. */
export function pageRoutes(deps: AppDeps): Hono {
  const routes = new Hono();
  routes.onError(answerFault);
  routes.route('/assets', assetRoutes());
  routes.use(sameOrigin());
  routes.route('/', loginPage(deps.access, deps.attempts));
  routes.route('/label', labelPage(deps));
  routes.route('/', consolePages(deps));
  return routes;
}

function consolePages(deps: AppDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const guard = requireOwner(deps.access);
  pages.get('/', guard, (context) => context.redirect(NAVIGATION[0]!.path));
  for (const { path } of NAVIGATION) {
    pages.use(path, guard);
    pages.use(`${path}/*`, guard);
  }
  pages.route('/cycles', cyclesPage(deps));
  pages.route('/evaluations', evaluationsPage(deps));
  pages.route('/drive', drivesPage(deps));
  pages.route('/traces', tracesPage(deps));
  pages.route('/datasets', datasetsPage(deps));
  pages.route('/judges', judgesPage(deps));
  pages.route('/prompts', promptsPage(deps));
  pages.route('/sessions', sessionsPage(deps));
  return pages;
}
