# SPDX-License-Identifier: Apache-2.0
"""A user without root runs charmuxd, as a systemd service with User= or from a shell: without any option it finds
directories of its own and makes them for that user alone."""

import os

from support import LIVE, Process, wait_until

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


def charmuxd(kit, environment, *arguments):
    """As nobody, with this environment and no option for a directory."""
    kit.directory.chmod(0o755)
    return Process("charmuxd", [kit.build / "charmuxd", *arguments], kit.path("charmuxd.log"), wrap=AS_NOBODY,
                   env={"PATH": os.environ["PATH"], **environment})


def folder(kit, name):
    kit.path(name).mkdir(mode=0o755)
    os.chown(kit.path(name), NOBODY, NOBODY)
    return kit.path(name)


def serves_a_viewer(kit, environment, state, runtime):
    home = folder(kit, "home")
    chardev = kit.unix_chardev()
    kit.path("chardev.sock").chmod(0o777)
    with charmuxd(kit, {"HOME": str(home), **environment}, "--console", f"vm={chardev.address}",
                  "--listen", "telnet:127.0.0.1:7001,console=vm") as process:
        wait_until(lambda: "<6>ready" in process.stderr() or not process.running(), "its start")
        assert process.running(), process.stderr()
        viewer = kit.telnet(7001)
        chardev.accept().write(b"hello from the guest\r\n")
        viewer.wait_for(b"hello from the guest\r\n")
        ring = state / "history/vm.ring"
        assert (ring.stat().st_uid, ring.stat().st_mode & 0o7777) == (NOBODY, 0o600)
        assert (state.stat().st_uid, state.stat().st_mode & 0o7777) == (NOBODY, 0o700)
        for each in (state, runtime):
            assert (each / "charmuxd.pid").read_text() == f"{process.pid}\n"
        process.signal(15)
        assert process.wait() == 0
    assert viewer.data.count(LIVE) == 1


def test_systemd_gives_it_directories(kit):
    """STATE_DIRECTORY and RUNTIME_DIRECTORY go before XDG's, and the first of several counts."""
    state, runtime, other = folder(kit, "state"), folder(kit, "runtime"), folder(kit, "other")
    serves_a_viewer(kit, {"STATE_DIRECTORY": f"{state}:{other}", "RUNTIME_DIRECTORY": str(runtime),
                          "XDG_STATE_HOME": str(other), "XDG_RUNTIME_DIR": str(other)}, state, runtime)
    assert list(other.iterdir()) == []


def test_xdg_names_directories(kit):
    state, runtime = folder(kit, "xdg-state"), folder(kit, "xdg-runtime")
    serves_a_viewer(kit, {"XDG_STATE_HOME": str(state), "XDG_RUNTIME_DIR": str(runtime)}, state / "charmux", runtime / "charmux")


def test_without_xdg_state_home_it_is_below_home(kit):
    runtime = folder(kit, "xdg-runtime")
    serves_a_viewer(kit, {"XDG_RUNTIME_DIR": str(runtime)}, kit.path("home/.local/state/charmux"), runtime / "charmux")
