/** Prints what user code would be kept from on this machine, as JSON. Arguments: the data folder, and what user code must read. */
import { findEnclosure } from './enclosure.ts';

const [data = '.attune', ...needs] = process.argv.slice(2);
const ANY_PORT = 7233;
const { promises } = await findEnclosure({ folders: [data], fixed: [], ports: [ANY_PORT], needs });
console.log(JSON.stringify(promises));
