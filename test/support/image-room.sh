#!/bin/sh
# Stands for a container engine: makes a root folder that is nothing but this system's programs and the tree of the image, all of it
# read-only but for the data folder and /tmp, and goes on in it as user 1000 without rights, as pid 1 of a pid namespace of its own.
#
#   unshare --mount --pid --fork image-room.sh ROOT TREE DATA BUILD_INFO NODE COMMAND...
set -eu

new_root=$1 tree=$2 data=$3 build_info=$4 node=$5
shift 5

mount -t tmpfs tmpfs "$new_root"
cd "$new_root"
mkdir app proc tmp node old
for name in bin lib lib64 sbin usr dev; do
  [ -d "/$name" ] || continue
  mkdir "$name"
  mount --rbind "/$name" "$name"
done
# Of /etc only what the image has too.
mkdir etc
: >node/node
: >etc/whisper-build.info
echo 'node:x:1000:1000::/app:/bin/sh' >etc/passwd
echo '127.0.0.1 localhost' >etc/hosts
mount --bind "$node" node/node
[ "$build_info" = none ] || mount --bind "$build_info" etc/whisper-build.info
[ "$build_info" != none ] || rm etc/whisper-build.info
mount --bind "$tree" app
mount -o remount,bind,ro app
mount --bind "$data" app/data
mount -t proc proc proc
mount -t tmpfs -o mode=1777 tmpfs tmp
pivot_root . old
cd /
umount -l old
mount -o remount,ro /
cd /app
exec unshare --user --map-user=1000 --map-group=1000 "$@"
