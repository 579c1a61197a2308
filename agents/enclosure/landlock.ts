/** `prctl` has another number on each machine; those of Landlock are the same everywhere. */
const PRCTL: Partial<Record<NodeJS.Architecture, number>> = { x64: 157, arm64: 167 };

/**
 * Gives up rights by Landlock (Linux 5.13 and later) and becomes the program it is told: nothing outside may be looked into or
 * signalled, and with Linux 6.7 none of the given ports is connected to. Perl is on every Debian, Ubuntu and Red Hat, and makes
 * system calls as it stands, which Node does not. Exits with 97 where the kernel does not know of it, with 98 where it refuses.
 */
const PROGRAM = String.raw`
use strict;
my ($prctl, $least, $ports, @program) = @ARGV;
my %closed = map { $_ => 1 } split /,/, $ports;
my $abi = syscall(444, 0, 0, 1);
exit 97 if $abi < $least;
my $size = $abi >= 6 ? 24 : $abi >= 4 ? 16 : 8;
my $rules = substr(pack("QQQ", $abi >= 4 ? 0 : 1 << 11, 1 << 1, 1 << 1), 0, $size);
my $fd = syscall(444, $rules, $size, 0);
exit 98 if $fd < 0;
if ($abi >= 4) {
  for my $port (1 .. 65535) {
    next if $closed{$port};
    my $rule = pack("QQ", 1 << 1, $port);
    exit 98 if syscall(445, $fd, 2, $rule, 0) != 0;
  }
}
exit 98 if syscall($prctl, 38, 1, 0, 0, 0) != 0;
exit 98 if syscall(446, $fd, 0) != 0;
exec { $program[0] } @program;
exit 99;
`;

/** The first ABI of Landlock that keeps a program out of others, and the one that closes ports. */
export const LANDLOCK = { apart: 1, ports: 4 } as const;

/** How to start a program below Landlock of at least this ABI; undefined on a machine whose numbers are not known. */
export function landlocked(least: number, ports: readonly number[]): readonly string[] | undefined {
  const prctl = process.platform === 'linux' ? PRCTL[process.arch] : undefined;
  if (prctl === undefined) return undefined;
  return ['perl', '-e', PROGRAM, String(prctl), String(least), ports.join(',')];
}
