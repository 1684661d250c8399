# SPDX-License-Identifier: Apache-2.0
"""tools/setup is run by everyone and before everything, so it must be quick to find that there is nothing to do, need
no network for that, and say plainly what it cannot do."""

import os
import subprocess

def run_setup(kit, *args, **options):
    """tools/setup in this test's world, which has no network."""
    environment = {**os.environ, **options.pop("env", {})}
    return kit.run(kit.repo / "tools/setup", *args, env=environment, **options)


def program(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def test_with_everything_installed_it_succeeds_without_a_network_and_says_nothing(kit):
    for what in ([], ["demo"], ["check"]):
        ended = run_setup(kit, *what)
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", ""), (what, ended)


def test_who_cannot_become_root_is_given_the_line_to_run(kit):
    programs = kit.path("bin")
    program(programs, "dpkg-query", '[ "$3" = tmux ] || echo installed')
    program(programs, "id", "echo 1000")
    # All that it calls, but not sudo.
    for name in ("bash", "dirname", "dpkg"):
        (programs / name).symlink_to(subprocess.run(["which", name], capture_output=True, text=True, check=True).stdout.strip())
    ended = run_setup(kit, "check", env={"PATH": str(programs)})
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        "setup: not installed: tmux, and there is no sudo. Run as root, then this again:\n"
        f"  su -c '{kit.repo}/tools/setup --root-part check'\n")


def test_servers_are_refused_while_packages_are_installed_and_a_former_policy_is_put_back(kit):
    """apt-get and the policy's place are stand-ins: the real ones belong to the machine."""
    programs = kit.path("bin")
    policy = kit.path("policy-rc.d")
    policy.write_text("the administrator's own\n")
    program(programs, "apt-get", f'echo "$@" >>{kit.path("asked")}; {policy} || echo "policy says $?" >>{kit.path("asked")}')
    script = (f". {kit.repo}/tools/lib/packages.sh; policy={policy} policy_aside={policy}.aside; "
              "set -euo pipefail; install_packages tmux curl")
    subprocess.run(["bash", "-c", script], check=True, env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"})
    assert kit.path("asked").read_text().splitlines() == [
        "--quiet update", "policy says 101",
        "--quiet --yes --no-install-recommends install tmux curl", "policy says 101"]
    assert policy.read_text() == "the administrator's own\n"

    program(programs, "apt-get", "exit 1")
    ended = subprocess.run(["bash", "-c", script], check=False, capture_output=True,
                           env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"})
    assert ended.returncode != 0
    assert policy.read_text() == "the administrator's own\n"


def test_an_unknown_word_is_a_usage_error(kit):
    ended = run_setup(kit, "everything")
    assert (ended.returncode, ended.stderr) == (2, "usage: tools/setup [demo|check]\n")
