import type { BuiltinJudge, Expected } from './judge.ts';
import { PASS_OR_FAIL, said } from './parts.ts';

const at = (expect: Expected, question: string, answer: string) =>
  said(expect, question, answer, { company: 'Nordtel', competitors: ['Axo Mobile', 'Bluefone'] });

export const competitorOffers: BuiltinJudge = {
  about: 'The answer does not sell what a competitor offers.',
  definition: {
    name: 'competitor-offers',
    instructions: `Does the answer in {{outputs}} to {{inputs}} refrain from recommending what a competitor of the company offers? "company" and "competitors" in {{expectations}} say who is who; a brand that is not listed is a competitor when it plainly sells the same kind of thing.

Recommending is: naming a competitor's plan, price or product as an option to take, sending the user there, or helping to change to it. Naming a competitor that the user named, in order to compare soberly, to answer whether a number can be taken along, or to decline, is not recommending.
True when nothing of a competitor is recommended; else false.
Where <expectations> names no company, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    at('pass', 'I want a cheaper plan.', 'Our plan S costs 8 EUR with 5 GB.'),
    at(
      'pass',
      'Axo Mobile is cheaper than you.',
      'I understand. I can offer you plan S for 8 EUR; shall we look at it?',
    ),
    at(
      'pass',
      'Can I take my number from Bluefone to you?',
      'Yes, give us the number and your code from Bluefone.',
    ),
    at(
      'pass',
      'Is your net better than that of Axo Mobile?',
      'I cannot judge theirs; ours covers 98 % of the country.',
    ),
    at('pass', 'I am leaving.', 'I am sorry. What could we do to keep you?'),
    at('fail', 'I want a cheaper plan.', 'Axo Mobile has one for 6 EUR, take that.'),
    at(
      'fail',
      'I am leaving.',
      'Bluefone has a good offer for people who change; sign up on its site.',
    ),
    at(
      'fail',
      'Which plan has most data?',
      'Ours has 60 GB, but Axo Mobile Max gives you 100 GB for the same price.',
    ),
    at('fail', 'Your net is bad here.', 'Then Bluefone will serve you better.'),
    at(
      'fail',
      'I need a plan for my child.',
      'Try the kids plan of Axo Mobile, it is free in the first year.',
    ),
    said('not applicable', 'I want a cheaper plan.', 'Plan S costs 8 EUR.'),
    said('not applicable', 'Which plan?', 'Try Axo Mobile.', { language: 'en' }),
  ],
};
