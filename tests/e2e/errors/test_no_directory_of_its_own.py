# SPDX-License-Identifier: Apache-2.0
"""A charmuxd that is not root finds nothing in its environment that says where it may keep histories and its lock: it
says what is missing and ends with the exit code of a bad configuration."""

import os
import subprocess

import pytest

AS_NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")

# The environment | exit code | the exact line.
ERRORS = {
    "no state directory": ({"XDG_RUNTIME_DIR": "/run/user/65534"}, 1, "no directory for histories: set $STATE_DIRECTORY, "
                           "$XDG_STATE_HOME or $HOME to an absolute path, or give --state-dir DIR"),
    "no runtime directory": ({"HOME": "/tmp/nobody"}, 1, "no runtime directory: set $RUNTIME_DIRECTORY or $XDG_RUNTIME_DIR to an "
                             "absolute path, or give --runtime-dir DIR"),
    "relative directories do not count": ({"STATE_DIRECTORY": "state", "XDG_STATE_HOME": "", "HOME": "home",
                                           "RUNTIME_DIRECTORY": "/run/mine"}, 1, "no directory for histories: set "
                                          "$STATE_DIRECTORY, $XDG_STATE_HOME or $HOME to an absolute path, or give --state-dir "
                                          "DIR"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_no_directory_of_its_own(kit, name):
    environment, exit_code, text = ERRORS[name]
    ended = subprocess.run([*AS_NOBODY, kit.build / "charmuxd", "--console", "vm=unix:/run/nothing.sock"], text=True,
                           capture_output=True, check=False, env={"PATH": os.environ["PATH"], **environment})
    assert (ended.returncode, ended.stdout, ended.stderr) == (exit_code, "", f"{text}\n")
