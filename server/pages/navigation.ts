/** The pages of the console, in the order of the navigation. */
export const NAVIGATION: readonly { readonly path: string; readonly title: string }[] = [
  { path: '/cycles', title: 'Cycles' },
  { path: '/sessions', title: 'Label sessions' },
];
