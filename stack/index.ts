export { endProcess, waitUntilGone } from './ending.ts';
export { type ProcessIdentity, identify, lives } from './identity.ts';
