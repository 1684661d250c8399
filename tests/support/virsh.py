# SPDX-License-Identifier: Apache-2.0
"""What is done to libvirt's guests, by virsh as anybody would do it."""

import pathlib
import re
import subprocess
import xml.etree.ElementTree

from support.domain_xml import domain


class VirshFailed(AssertionError):
    """virsh ended with an error; the text is what it said."""


class Virsh:
    """virsh at `uri`; files that it is given are in `directory`."""

    def __init__(self, directory, uri):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.uri = uri

    @property
    def virsh_argv(self):
        """virsh as the user of that host would start it, to be followed by a command."""
        return ["virsh", "--quiet", "--connect", self.uri]

    def run_virsh(self, *words, seconds=60):
        """virsh to its end, whatever that is: returncode, stdout, stderr."""
        return subprocess.run([*self.virsh_argv, *map(str, words)], capture_output=True, text=True, timeout=seconds,
                              stdin=subprocess.DEVNULL, check=False)

    def virsh(self, *words, seconds=60):
        """What it prints; VirshFailed when it fails."""
        ended = self.run_virsh(*words, seconds=seconds)
        if ended.returncode != 0:
            raise VirshFailed(f"virsh {' '.join(map(str, words))}: {ended.stderr.strip()}")
        return ended.stdout.strip()

    def define(self, name, *args, **options):
        """A persistent guest, see domain_xml.domain(); or defines it anew."""
        self._with_xml(domain(name, *args, **options), "define")

    def create(self, name, *args, **options):
        """Starts a transient guest."""
        self._with_xml(domain(name, *args, **options), "create")

    def run_guest(self, name, *args, **options):
        """Defines and starts it."""
        self.define(name, *args, **options)
        self.start(name)

    def _with_xml(self, text, *before, after=()):
        path = self.directory / "given.xml"
        path.write_text(text)
        return self.virsh(*before, path, *after)

    def start(self, name, *options):
        self.virsh("start", "--domain", name, *options)

    def destroy(self, name):
        """Pulls its plug."""
        ended = self.run_virsh("destroy", "--domain", name)
        # A libvirtd that has just come back may see QEMU's end before it comes to tell of what brought it about.
        if ended.returncode != 0 and "domain is not running" not in ended.stderr:
            raise VirshFailed(f"virsh destroy {name}: {ended.stderr.strip()}")

    def reset(self, name):
        """Presses its reset button."""
        self.virsh("reset", "--domain", name)

    def undefine(self, name, *options):
        self.virsh("undefine", "--domain", name, *options)

    def rename(self, name, new):
        """It has to be shut off."""
        self.virsh("domrename", "--domain", name, "--new-name", new)

    def managed_save(self, name):
        self.virsh("managedsave", "--domain", name)

    def attach(self, name, xml):
        """Plugs a device into the running guest."""
        self._with_xml(xml, "attach-device", "--live", "--domain", name, "--file")

    def detach(self, name, alias):
        """Takes the device of that alias out of the running guest."""
        self.virsh("detach-device-alias", "--live", "--domain", name, "--alias", alias)

    def suspend(self, name):
        self.virsh("suspend", "--domain", name)

    def resume_guest(self, name):
        self.virsh("resume", "--domain", name)

    def state(self, name):
        return self.virsh("domstate", "--domain", name)

    def uuid(self, name):
        return self.virsh("domuuid", "--domain", name)

    def xml(self, name, *options):
        """Its XML as it is now, parsed."""
        return xml.etree.ElementTree.fromstring(self.virsh("dumpxml", "--domain", name, *options))

    def pty(self, name, device="serial", number=0):
        """Where that device's pseudoterminal is: "/dev/pts/3"; None while the guest is off."""
        source = self.xml(name).findall(f"devices/{device}")[number].find("source")
        return None if source is None else source.get("path")

    def taints(self, name):
        """What libvirt marks that running guest with: ["custom-monitor: ..."]."""
        return re.findall(r"tainted: *(.*)", self.virsh("dominfo", "--domain", name))

    def qmp(self, name, command):
        """Asks its QEMU; that taints it."""
        return self.virsh("qemu-monitor-command", "--domain", name, "--cmd", command)
