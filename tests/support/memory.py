# SPDX-License-Identifier: Apache-2.0
"""What a program's size says of its memory."""

import os


def freed_at_once():
    """The environment of a program whose size is measured: asan would keep what has been freed, to meet its later use."""
    options = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=0:thread_local_quarantine_size_kb=0"
    return {"ASAN_OPTIONS": options}
