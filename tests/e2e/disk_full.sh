#!/usr/bin/env bash
# Runs out of space on a small tmpfs, gets some, and goes on. Mounting needs root.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
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
python3 "$here/disk_full.py" "$mount_point"
