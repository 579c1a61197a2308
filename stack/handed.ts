/** Loaded before a program of ours: takes from standard input the part of its environment that no other process is to see. */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const STDIN = 0;
  // What is set here stays in the memory of this process: `/proc/<pid>/environ` shows what it was started with.
  Object.assign(process.env, JSON.parse(readFileSync(STDIN, 'utf8')));
}
