# SPDX-License-Identifier: Apache-2.0
"""A newcomer types what README says, and compares what appears with what README shows."""

import re
import time

import pytest
from support import wait_until
from support.fake_api import FakeApi, answer

PROMISED_LAST = "Ctrl-C here ends the demo."


def shown(readme, command):
    """What README shows below `$ command`, up to the end of its block."""
    block = re.search(rf"^\$ {re.escape(command)}\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    assert block, f"README shows nothing for {command}"
    return [line for line in block.group(1).splitlines() if line]


def alike(lines):
    """With the parts that differ from run to run and from build to build made the same."""
    return [re.sub(r"build/\w+/", "build/B/", re.sub(r"/\S*/charmux-demo-\w+/", "/D/", line)) for line in lines]


def test_the_demo_prints_what_readme_shows_and_its_telnet_lines_work(kit):
    readme = (kit.repo / "README.md").read_text()
    demo = kit.on_terminal(str(kit.repo / "tools/demo"))
    demo.wait_for(PROMISED_LAST.encode())
    printed = [line for line in demo.output.decode().replace("\r", "").splitlines() if line]
    assert alike(printed) == alike(shown(readme, "tools/demo"))

    export, command = (line.strip() for line in printed if "charmux ls" in line or "CHARMUX_SOCKET" in line)
    listed = kit.run("sh", "-c", f"{export}; {command}", cwd=kit.repo)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [line.split()[:4] for line in listed.stdout.splitlines()[1:4]] == \
        [["guest", "1", "7001", "open"], ["guest.unix", "2", "7002", "open"], ["guest.tcp", "3", "7003", "open"]]

    for line in printed:
        typed = re.match(r"  telnet (\S+) (\d+) +# (\S+), a (\S+) chardev", line)
        if not typed:
            continue
        client = kit.terminal("telnet", typed.group(1), typed.group(2))
        client.wait_for("charmux: live")
        wait_until(lambda c=client, name=typed.group(3): f"[charmux: {name}, 1 watching, you type" in c.screen(),
                   f"what README says a first client of {typed.group(3)} reads")


def ago(hours):
    return time.strftime("%Y-%m-%dT%H:%M:%S.123Z", time.gmtime(time.time() - hours * 3600))


def listed(name, number, **more):
    """A console as the API has it."""
    return {"name": name, "number": number, "ports": [7000 + number] if number else [], "backend": "pty", "state": "open",
            "reason": "", "viewers": 0, "writer": None, "offset": 0, "last_output": None, **more}


ALPHA = listed("alpha", 1, backend="pty:/dev/pts/3", viewers=2, writer="127.0.0.1:40312", offset=18432, last_output=ago(2.5))
# In the order in which README has them: guests of libvirt, and of plain QEMU.
LISTS = [[ALPHA, listed("alpha.serial1", 2, backend="pty:/dev/pts/4"),
          listed("beta", 3, state="shut off", reason="its guest is not running", offset=812, last_output=ago(60))],
         [ALPHA, listed("alpha.compat_monitor0", None, backend="unix:/run/qemu/alpha.qmp", state="refused",
                        reason="a QEMU monitor")]]


@pytest.mark.parametrize("at", range(len(LISTS)))
def test_a_list_of_consoles_looks_as_readme_shows_it(kit, at):
    blocks = re.findall(r"^    \$ charmux ls\n((?:    .+\n)+)", (kit.repo / "README.md").read_text(), re.MULTILINE)
    assert len(blocks) == len(LISTS)
    api = FakeApi(kit.path("control.sock"), {"GET /api/v1/consoles": answer(body=LISTS[at])})
    printed = kit.run("charmux", "ls", "--socket", api.path).stdout
    api.close()
    assert printed == re.sub(r"^    ", "", blocks[at], flags=re.MULTILINE)
