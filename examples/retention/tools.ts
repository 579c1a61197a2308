/** What the specialists may do. The data are made up. */
export type Customer = {
  readonly name: string;
  readonly plan: string;
  readonly since: number;
  readonly usedGb: number;
};

const CUSTOMERS: Readonly<Record<string, Customer>> = {
  'C-1001': { name: 'Ana', plan: 'M', since: 2019, usedGb: 24 },
  'C-1002': { name: 'Ben', plan: 'L', since: 2021, usedGb: 8 },
  'C-1003': { name: 'Cleo', plan: 'S', since: 2015, usedGb: 5 },
  'C-1004': { name: 'Dana', plan: 'M', since: 2023, usedGb: 12 },
  'C-1005': { name: 'Emil', plan: 'L', since: 2020, usedGb: 55 },
  'C-1006': { name: 'Fay', plan: 'S', since: 2024, usedGb: 2 },
};

const PLANS = { S: '5 GB for 8 EUR', M: '25 GB for 20 EUR', L: '60 GB for 30 EUR' };

/** The customer of a number. Throws where there is none. */
export function lookup({ number }: { readonly number: string }): Customer {
  const found = CUSTOMERS[number];
  if (found === undefined) throw new Error(`no customer has the number ${number}`);
  return found;
}

export const usage = ({ number }: { readonly number: string }): { readonly usedGb: number } => ({
  usedGb: lookup({ number }).usedGb,
});

export const offers = (): Readonly<Record<string, string>> => PLANS;

export const ticket = ({ number, about }: { readonly number: string; readonly about: string }) => ({
  ticket: `T-${number.slice(2)}-${about.length}`,
});
