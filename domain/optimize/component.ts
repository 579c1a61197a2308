import type { ModuleSelector } from './options.ts';

/** The components to rewrite, and the parent's pointer afterwards (gepa strategies/component_selector.py). */
export function chooseComponents(
  module: ModuleSelector,
  { components, pointer }: { readonly components: readonly string[]; readonly pointer: number },
): { readonly chosen: readonly string[]; readonly pointer: number } {
  if (module === 'all') return { chosen: components, pointer };
  return { chosen: [components[pointer]!], pointer: (pointer + 1) % components.length };
}
