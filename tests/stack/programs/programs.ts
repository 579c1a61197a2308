import { fileURLToPath } from 'node:url';
import type { Programs } from '../../../stack/programs.ts';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const answering = (role: string) => [path('answering.ts'), role] as const;

export const PARENT = path('parent.ts');
export const ANSWERING: Programs = {
  practice: answering('practice'),
  worker: answering('worker'),
  agent: answering('agent'),
  server: answering('server'),
};
export const FAILING_AGENT: Programs = { ...ANSWERING, agent: [path('failing.ts')] };
