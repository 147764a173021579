/** Mounts, and then becomes the program that follows. */
const MOUNT_AND_RUN = 'mount -t tmpfs -o size="$1" tmpfs "$2" && shift 2 && exec "$@"';

/**
 * The beginning of a command that runs a program with a real small disk at this folder. It is in a mount namespace of its own, which a normal user may make
 * too and which ends with its process.
 */
export function onSmallDisk(folder: string, mib: number): string[] {
  const unshare = process.getuid?.() === 0 ? ['-m'] : ['-rm'];
  return ['unshare', ...unshare, 'sh', '-c', MOUNT_AND_RUN, 'sh', `${mib}m`, folder];
}
