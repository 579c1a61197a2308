/** The pages of the console, in the order of the navigation. */
export const NAVIGATION: readonly { readonly path: string; readonly title: string }[] = [
  { path: '/cycles', title: 'Cycles' },
  { path: '/evaluations', title: 'Evaluations' },
  { path: '/drive', title: 'Test drive' },
  { path: '/traces', title: 'Traces' },
  { path: '/datasets', title: 'Datasets' },
  { path: '/judges', title: 'Judges' },
  { path: '/prompts', title: 'Prompts' },
  { path: '/sessions', title: 'Label sessions' },
];
