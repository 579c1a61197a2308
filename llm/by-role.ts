import type { Model, Purpose, Role } from '../contracts/model.ts';

const ROLE: Readonly<Record<Purpose, Role>> = {
  agent: 'agent',
  judge: 'judge',
  reflect: 'reflection',
  distill: 'reflection',
  embed: 'embedding',
};

/** A model whose roles may each be served elsewhere; `own` holds those that are. */
export function byRole(main: Model, own: Readonly<Partial<Record<Role, Model>>>): Model {
  const of = (purpose: Purpose): Model => own[ROLE[purpose]] ?? main;
  const complete: Model['complete'] = (request, context) =>
    of(context.purpose).complete(request, context);
  return {
    complete,
    structured: (request, context, read, by = complete) =>
      of(context.purpose).structured(request, context, read, by),
    embed: (texts, context) => of('embed').embed(texts, context),
  };
}
