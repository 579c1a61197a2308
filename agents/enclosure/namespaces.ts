import type { Account } from './account.ts';

/** What a way of starting user code is told of the machine it is to be kept from. */
export type Hiding = {
  /** Folders that are empty to it. */
  readonly folders: readonly string[];
  /** Files and folders it may read and not change: Attune's own code. */
  readonly fixed: readonly string[];
};

/** Arguments before `--` are folders to empty, those before the second `--` folders to fix, the rest is the program. */
const MASK = String.raw`
set -e
while [ "$1" != -- ]; do [ ! -d "$1" ] || mount -t tmpfs -o size=64k,mode=0555 attune "$1"; shift; done; shift
while [ "$1" != -- ]; do { mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"; } 2>/dev/null || true; shift; done; shift
exec "$@"
`;

/** What the owner of the machine could otherwise reach by its user id alone, capabilities or none: kernel settings and raw disks. */
const MASK_AS_ROOT = String.raw`
set -e
mount -t tmpfs -o mode=0755 attune /sys
for name in null zero full random urandom tty; do
  : > /sys/$name; [ ! -e /dev/$name ] || mount --bind /dev/$name /sys/$name
done
for name in fd stdin stdout stderr; do
  case $name in fd) ln -s /proc/self/fd /sys/fd;; stdin) ln -s /proc/self/fd/0 /sys/stdin;; stdout) ln -s /proc/self/fd/1 /sys/stdout;; stderr) ln -s /proc/self/fd/2 /sys/stderr;; esac
done
mkdir /sys/shm; mount -t tmpfs -o mode=1777 attune /sys/shm
mount --move /sys /dev
mount -t tmpfs -o ro attune /sys
mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys
[ ! -e /proc/sysrq-trigger ] || mount --bind /dev/null /proc/sysrq-trigger
${MASK}`;

const APART = ['--pid', '--fork', '--kill-child=SIGKILL', '--mount', '--mount-proc'];
const NO_GAIN = ['--no-new-privs', '--pdeathsig=KILL'];
const NO_CAPABILITIES = ['--bounding-set=-all', '--inh-caps=-all'];

const masked = (script: string, { folders, fixed }: Hiding): readonly string[] => [
  '/bin/sh',
  '-c',
  script,
  'attune',
  ...folders,
  '--',
  ...fixed,
  '--',
];

/** As root: another user, in a process tree and a view of the files of its own. */
export const anotherUserApart = (account: Account, hiding: Hiding): readonly string[] => [
  'unshare',
  ...APART,
  '--',
  ...masked(MASK, hiding),
  ...anotherUser(account),
];

/** As root where namespaces are refused, as in most containers: another user. */
export const anotherUser = ({ uid, gid }: Account): readonly string[] => [
  'setpriv',
  `--reuid=${uid}`,
  `--regid=${gid}`,
  '--clear-groups',
  ...NO_CAPABILITIES,
  ...NO_GAIN,
  '--',
];

/** The same user without what root may do beyond its own files: with that, Landlock keeps it from nothing. */
export const withoutPowers = (): readonly string[] => [
  'setpriv',
  ...NO_CAPABILITIES,
  ...NO_GAIN,
  '--',
];

/** The same user without its powers, in a process tree and a view of the files of its own (an unprivileged user namespace). */
export const sameUserApart = ({ uid, gid }: Account, hiding: Hiding): readonly string[] => [
  'unshare',
  '--user',
  '--map-root-user',
  ...APART,
  '--',
  ...masked(uid === 0 ? MASK_AS_ROOT : MASK, hiding),
  ...(uid === 0 ? [] : ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`, '--']),
  'setpriv',
  ...(uid === 0 ? NO_CAPABILITIES : []),
  ...NO_GAIN,
  '--',
];
