# SPDX-License-Identifier: Apache-2.0
"""Two tests that listen on the same port, or leave a process behind, must not meet. This looks at the world that a test
is given."""

import os
import signal
import socket
import subprocess
import sys

from support import wait_until


def isolated(kit, *command, keep=(), **options):
    kept = [word for path in keep for word in ("--keep", str(path))]
    return subprocess.Popen([str(kit.repo / "tests/support/isolated"), *kept, "--", *command],
                            stdout=subprocess.PIPE, text=True, **options)


def test_a_world_of_its_own(kit):
    """Inside there is nothing of ours: no process, port, file, terminal."""
    kit.path("a-file").write_text("ours")
    with socket.create_server(("127.0.0.1", 7001)):
        master, _ = os.openpty()
        look = ("import os, socket; socket.create_server(('127.0.0.1', 7001)); socket.create_server(('::1', 7001), family=10); "
                "print(sorted(p for p in os.listdir('/proc') if p.isdigit())[0], os.listdir('/tmp'), os.listdir('/dev/pts'), "
                "os.ttyname(os.openpty()[1]), sorted(os.listdir('/sys/class/net')) and "
                "[line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]])")
        said = isolated(kit, sys.executable, "-c", look).communicate()[0]
        os.close(master)
    assert said == "1 [] ['ptmx'] /dev/pts/0 ['lo']\n"


def test_what_is_kept_is_the_same_folder(kit):
    """A checkout, or a cache, may lie below /tmp itself."""
    kept, covered = kit.path("checkout"), kit.path("other")
    kept.mkdir()
    covered.mkdir()
    look = f"ls {kit.directory}; echo built >{kept}/program; pwd"
    assert isolated(kit, "sh", "-c", look, keep=[kept], cwd=kept).communicate()[0] == f"checkout\n{kept}\n"
    assert (kept / "program").read_text() == "built\n"


def test_the_exit_code_comes_through(kit):
    for code in (0, 1, 77):
        assert isolated(kit, "sh", "-c", f"exit {code}").wait() == code
    assert isolated(kit, "sh", "-c", "kill -SEGV $$", stderr=subprocess.DEVNULL).wait() == 128 + signal.SIGSEGV


def test_what_a_test_leaves_running_is_ended(kit):
    """The write end of a pipe is held by whatever still runs; EOF says that nothing does."""
    for ending in ("exit 0", "kill -KILL $$", "exec sleep 1000"):
        read_end, write_end = os.pipe()
        child = isolated(kit, "sh", "-c", f"setsid sleep 1000 & {ending}", pass_fds=(write_end,), stderr=subprocess.DEVNULL)
        os.close(write_end)
        if "sleep" in ending:
            wait_until(lambda: "sleep" in processes(), "the command to start")
            child.kill()
        child.wait()
        assert os.read(read_end, 1) == b""
        os.close(read_end)


def processes():
    return subprocess.run(["ps", "-e", "-o", "comm"], capture_output=True, text=True, check=True).stdout
