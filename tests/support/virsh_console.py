# SPDX-License-Identifier: Apache-2.0
"""`virsh console` as a person uses it: on a terminal, with ^] to leave."""

from charmux_kit import Deadline, TerminalProcess, wait_until

PRESS_AGAIN_SECONDS = 1.0


class VirshConsole(TerminalProcess):
    """Starts `virsh console NAME` (or another command that ends in a console) at that libvirtd. What virsh says of being
    connected it says before it is (9.0.0): whether it is let in shows when it types."""

    def __init__(self, libvirtd, *words):
        super().__init__(["virsh", "--connect", libvirtd.uri, *words])
        self._libvirtd = libvirtd

    @classmethod
    def of(cls, libvirtd, name, *options):
        return cls(libvirtd, "console", "--domain", name, *options)

    def wait_connected(self, name, device="serial", number=0):
        """Until libvirt has that guest's console open, for this or another virsh; an AssertionError when this one ends."""
        wait_until(lambda: self._libvirtd.has_open(name, device, number) or self.exit_code is not None,
                   lambda: f"libvirt at the console; virsh printed: {self.output[-500:]!r}")
        assert self.exit_code is None, f"virsh console ended: {self.output[-500:]!r}"
        return self

    def refused(self):
        """What it says when it is not let in."""
        assert self.wait() != 0, self.output[-500:]
        return self.output.decode(errors="replace")

    def answers(self, word):
        """Types at the guest's shell and waits for the answer."""
        self._wait_prompt()
        self.type(f"echo {word}-$((6 * 7))\r".encode())
        self.wait_for(f"{word}-42\r\n".encode())

    def _wait_prompt(self):
        """Enter, until there is one more prompt: what is typed before virsh has its terminal for itself it never reads."""
        before, pause = self.output.count(b"# "), Deadline(0)

        def prompted():
            nonlocal pause
            if self.exit_code is None and pause.passed():
                self.type(b"\r")
                pause = Deadline(PRESS_AGAIN_SECONDS)
            return self.output.count(b"# ") > before
        wait_until(prompted, lambda: f"the guest's prompt at virsh; it printed: {self.output[-500:]!r}")

    def leave(self):
        """^], and waits for its end. Only as the first byte that it reads is that a key of its own."""
        def left():
            if self.exit_code is None:
                self.type(b"\x1d")
            return self.exit_code is not None
        wait_until(left, lambda: f"virsh console to end; it printed: {self.output[-500:]!r}")
