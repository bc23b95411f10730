#!/usr/bin/env bash
# disk_full.sh COMMAND...: runs it with a small tmpfs as its last argument. Mounting needs root.
set -euo pipefail

if [ "$(id -u)" -ne 0 ]; then
  echo "skipped: mounting a tmpfs needs root"
  exit 77
fi
mount_point=$(mktemp -d)
if ! mount -t tmpfs -o size=8m tmpfs "$mount_point" 2>/dev/null; then
  echo "skipped: a tmpfs cannot be mounted here"
  rmdir "$mount_point"
  exit 77
fi
trap 'umount "$mount_point" && rmdir "$mount_point"' EXIT
"$@" "$mount_point"
