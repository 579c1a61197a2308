import { Hono } from 'hono';
import type { AppDeps } from '../app.ts';
import { type ConsoleEnv, requireOwner } from '../access/owner.ts';
import { sameOrigin } from '../access/origin.ts';
import { assetRoutes } from './assets.ts';
import { cyclesPage } from './cycles/cycles.ts';
import { datasetsPage } from './datasets/datasets.ts';
import { drivesPage } from './drives/drives.ts';
import { evaluationsPage } from './evaluations/evaluations.ts';
import { answerFault } from './ui/fault.ts';
import { judgesPage } from './versions/judges.ts';
import { labelPage } from './sessions/label.ts';
import { loginPage } from './login.ts';
import { NAVIGATION } from './ui/navigation.ts';
import { promptsPage } from './versions/prompts.ts';
import { sessionsPage } from './sessions/sessions.ts';
import { tracesPage } from './traces/traces.ts';

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
