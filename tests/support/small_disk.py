# SPDX-License-Identifier: Apache-2.0
"""A disk that is full, or nearly."""

import subprocess

MIB = 1024 * 1024


def small_disk(kit, free):
    """A directory with a disk of 4 MiB of its own, on which so much is free as long as its file `other` is there."""
    disk = kit.path("disk")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "small", disk], check=True)
    (disk / "other").write_bytes(bytes(4 * MIB - free))
    return disk
