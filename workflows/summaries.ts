/** What an activity does, as a person reads it in the Temporal UI. */
const SUMMARIES: Readonly<Record<string, string>> = {
  preflight: 'check spec, data, aliases and agent',
  checkModels: 'one small call to each model',
  canary: 'does a marker in the prompt reach the model?',
  enterPhase: 'next phase',
  endRefused: 'end the refused cycle',
  failCycle: 'say why the cycle failed',
  failWatch: 'say why the watch failed',
  planEvaluate: 'plan the production prompt on the label parts',
  checkGates: 'gates of the evaluate phase',
  tagTraces: 'tag traces that agent and judge both finished',
  openSession: 'open the label session',
  countLabels: 'count labels',
  labelAgreement: 'how far the raters agree',
  remind: 'remind people',
  closeSession: 'close the label session',
  prepareAlign: 'freeze the labels for alignment',
  stepAlign: 'alignment: next turn',
  finishAlign: 'make judge versions and plan their tests',
  reportAlign: 'judge report and adoption',
  keepBaseJudge: 'alignment failed: the base judge stays',
  stepJudgeSearch: 'search for better instructions of the judge: next turn',
  judgeCandidates: 'candidate judges on labelled items',
  finishJudgeSearch: 'how the search for better instructions ended',
  planBaseline: 'plan the production prompt under the judge of this cycle',
  stepOptimize: 'search: next turn',
  reflect: 'propose new prompts',
  concludeOptimize: 'end the search with what is known',
  endSearch: 'how it ended',
  finishOptimize: 'choose and register the finalist',
  freezeGate: 'freeze finalist, judge and sealed part; charge the look',
  openCheck: 'open the session in which people check the new outputs, blind',
  decideGate: 'verdict',
  findDecision: 'has a person decided already?',
  recordDecision: 'record who decided',
  promoteAlias: 'move the alias',
  openWatch: 'begin the watch',
  planWatch: 'fresh conversations under both prompts',
  observeWatch: 'evidence so far; roll back where it says so',
  stopWatch: 'end the watch',
  writeReport: 'write the report',
  driveTurn: 'the agent answers',
  endTurn: 'keep why there is no answer',
};

type Options = { readonly summary?: string };
type Called = { executeWithOptions(options: Options, args: readonly unknown[]): Promise<unknown> };

/** Activities whose every call carries a summary; a call with one of its own keeps it. */
export function summarised<Proxied extends object>(activities: Proxied): Proxied {
  return new Proxy(activities, {
    get(target, name) {
      const activity = Reflect.get(target, name) as Called;
      const summary = SUMMARIES[String(name)];
      if (summary === undefined) return activity;
      const call = (...args: readonly unknown[]) => activity.executeWithOptions({ summary }, args);
      return Object.assign(call, {
        executeWithOptions: (options: Options, args: readonly unknown[]) =>
          activity.executeWithOptions({ summary, ...options }, args),
      });
    },
  });
}
