# SPDX-License-Identifier: Apache-2.0
"""One guest of the emulation in fake_qmp.py: its chardevs, its devices, and who is on its monitor."""

import collections
import json
import pathlib
import time

from support.fake_qmp_chardev import Chardev
from support.fake_qmp_commands import COMMANDS, Commands, Refused

# /machine/unattached of a pc machine: device[N] in order.
DEVICES = """
qemu64-x86_64-cpu kvmvapic i440FX PIIX3 i8257 i8257 isa-i8259 isa-i8259 VGA hpet mc146818rtc isa-pit isa-pcspk
isa-serial isa-parallel isa-fdc floppy i8042 vmport vmmouse port92 e1000 piix3-ide ide-cd PIIX4_PM smbus-eeprom
smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom smbus-eeprom""".split()


class FakeGuest(Commands):
    """One guest; made by FakeQmp.guest(). `asked` counts the commands that came."""

    def __init__(self, owner, name, path, uuid, chardevs):
        self.owner, self.name, self.path, self.uuid = owner, name, str(path), str(uuid)
        self._specs, self.status, self.asked = chardevs, "prelaunch", collections.Counter()
        self.chardevs, self.devices, self._listener, self._client = {}, {}, None, None

    # What a test does.

    def start(self):
        """QEMU runs: its monitor and its chardevs listen."""
        self.owner.call(self._start)
        return self

    def stop(self, guest=True):
        """QEMU ends: SHUTDOWN, then the end of all its connections, and its socket files go."""
        self.owner.call(self._shut_down, guest)

    def kill(self):
        """QEMU is killed: nothing is said, and its monitor's socket file stays."""
        self.owner.call(self._end, True)

    def event(self, name, **data):
        """Tells an event to who is on the monitor."""
        self.owner.call(self._event, name, data)

    def reset(self):
        """A reboot of the guest, with the two RESETs that a real one makes."""
        for _ in range(2):
            self.event("RESET", guest=True, reason="guest-reset")

    def print(self, data, label="ser0"):
        self.owner.call(lambda: self.chardevs[label].print(data))

    def plug(self, label, kind="socket", path=None, device=None, **properties):
        """Adds a chardev, and a front-end of QOM type `device` for it, as -device or device_add would."""
        self.owner.call(self._plug, label, kind, path, device, properties)
        return self.chardevs[label]

    def unplug(self, label):
        self.owner.call(lambda: self.chardevs.pop(label).close())

    @property
    def monitored(self):
        """Whether somebody is served on the monitor."""
        return self._client is not None

    # What happens on the serving thread.

    def _start(self):
        self.status = "running"
        for index, kind in enumerate(DEVICES):
            self.devices[f"/machine/unattached/device[{index}]"] = {"type": kind}
        self.devices["/machine/unattached/device[14]"] |= {"chardev": "parallel0", "index": 0, "irq": 7, "iobase": 888}
        self.chardevs = {"compat_monitor0": Chardev(self.owner, "compat_monitor0"),
                         "parallel0": Chardev(self.owner, "parallel0", "vc")}
        self.chardevs["compat_monitor0"].path = self.path
        for number, (label, path) in enumerate(self._specs.items()):
            self._plug(label, "pty" if path == "pty" else "socket", path, None, {})
            at = 13 if number == 0 else len(DEVICES) + number
            self.devices[f"/machine/unattached/device[{at}]"] = {
                "type": "isa-serial", "chardev": label, "index": number, "irq": 4 - number % 2,
                "iobase": (1016, 760, 1000, 744)[number % 4]}
        self._listener = self.owner.listen(self.path, self._accept)

    def _plug(self, label, kind, path, device, properties):
        self.chardevs[label] = Chardev(self.owner, label, kind, path, frontend=True)
        if device:
            self.devices[f"/machine/peripheral/{label}"] = {"type": device, "chardev": label} | properties

    def _shut_down(self, guest):
        self._event("SHUTDOWN", {"guest": guest, "reason": "guest-shutdown" if guest else "host-qmp-quit"})
        self._end()

    def _end(self, killed=False):
        for chardev in self.chardevs.values():
            chardev.close()
        for each in (self._client, self._listener):
            if each:
                self.owner.drop(each)
        if self._listener and not killed:
            pathlib.Path(self.path).unlink(missing_ok=True)
        self.chardevs, self.devices, self._client, self._listener, self.status = {}, {}, None, None, "shutdown"

    def _accept(self):
        self._client, _ = self._listener.accept()
        self.owner.forget(self._listener)  # one client: the next waits in the backlog
        self.owner.watch(self._client, self._read)
        self._input, self._negotiated = b"", False
        version = {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "emulated"}
        self._send({"QMP": {"version": version, "capabilities": ["oob"]}})

    def _read(self):
        data = self.owner.read(self._client)
        if not data:
            return self._leave()
        *lines, self._input = (self._input + data).split(b"\n")
        for line in filter(None, map(bytes.strip, lines)):
            self._hear(line)

    def _leave(self):
        self.owner.drop(self._client)
        self._client = None
        self.owner.watch(self._listener, self._accept)

    def _hear(self, line):
        try:
            message = json.loads(line)
        except ValueError:
            return self._send({"error": {"class": "GenericError", "desc": "JSON parse error, expecting value"}})
        identity = {"id": message["id"]} if "id" in message else {}
        try:
            answer = {"return": self._answer(message["execute"], message.get("arguments", {}))} | identity
        except Refused as refused:
            answer = identity | {"error": {"class": refused.kind, "desc": refused.description}}
        if self._client:
            self._send(answer)

    def _send(self, message):
        try:
            self._client.sendall(json.dumps(message).encode() + b"\r\n")
        except OSError:
            pass  # the client has gone, which reading says

    def _event(self, name, data):
        if self._client and self._negotiated:
            now = time.time()
            stamp = {"seconds": int(now), "microseconds": int(now % 1 * 1_000_000)}
            self._send({"timestamp": stamp, "event": name} | ({"data": data} if data else {}))

    def _answer(self, command, arguments):
        self.asked[command] += 1
        if not self._negotiated and command != "qmp_capabilities":
            raise Refused("Expecting capabilities negotiation with 'qmp_capabilities'", "CommandNotFound")
        if command not in COMMANDS:
            raise Refused(f"The command {command} has not been found", "CommandNotFound")
        return getattr(self, "_" + command.replace("-", "_"))(**arguments)
