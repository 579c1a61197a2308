import { readdirSync, readFileSync } from 'node:fs';

type Process = {
  readonly pid: number;
  readonly parent: number;
  /** CPU seconds, ended children that were waited for included. */
  readonly cpu: number;
  readonly command: string;
};

const TICKS_A_SECOND = 100;

/** All processes below one, from /proc; Linux only. */
export function descendants(root: number): readonly Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)));
  const children = Map.groupBy(all, (process) => process.parent);
  const below = (pid: number): Process[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(root);
}

function readProcess(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks; what follows it does not.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, part) => sum + part, 0);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return [{ pid, parent, cpu: ticks / TICKS_A_SECOND, command }];
  } catch {
    return [];
  }
}

/** CPU seconds by kind of process. */
export function cpuByKind(
  processes: readonly Process[],
  kinds: Readonly<Record<string, RegExp>>,
): Record<string, number> {
  const of = (command: string): string =>
    Object.entries(kinds).find(([, pattern]) => pattern.test(command))?.[0] ?? 'other';
  const sums: Record<string, number> = {};
  for (const { command, cpu } of processes) sums[of(command)] = (sums[of(command)] ?? 0) + cpu;
  return sums;
}

/** Resident memory in MB. */
export function residentMb(pid: number): number {
  const [, kilobytes = '0'] =
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
