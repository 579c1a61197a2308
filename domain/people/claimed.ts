/** What is no person: a cycle that moves an alias by itself, and whoever held the link of the command line. */
const OURS = /^(cycle .*|local owner)$/s;

/** Whether a name is one that only Attune gives; no person may take it. */
export const isReserved = (who: string): boolean => OURS.test(who.trim());

/**
 * A name as it is shown: nobody proves a name to Attune, which takes that of the shell, of the sign-in page and of a message to a workflow
 * as it is given.
 */
export const claimed = (who: string): string => (isReserved(who) ? who : `${who} (claimed)`);
