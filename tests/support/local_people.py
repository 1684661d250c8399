# SPDX-License-Identifier: Apache-2.0
"""UNIX users and groups of this machine, for one test: its own mount namespace has files of the test's in the place of
/etc/passwd and /etc/group."""

import contextlib
import os
import subprocess

FIRST_ID = 3001


class LocalPeople:
    """`people`: name -> the groups that he is in, beside one of his own. `groups`: those that nobody need be in."""

    def __init__(self, kit, people, groups=()):
        self.kit = kit
        self.people = people
        self.uids = {name: FIRST_ID + number for number, name in enumerate(people)}
        names = list(people) + sorted(set(groups).union(*people.values()))
        self.gids = {name: FIRST_ID + number for number, name in enumerate(names)}
        kit.directory.chmod(0o755)
        self._cover("passwd", [f"{name}:x:{uid}:{self.gids[name]}::/:/bin/sh" for name, uid in self.uids.items()],
                    "root:x:0:0:root:/root:/bin/sh")
        self._cover("group", [f"{group}:x:{gid}:{','.join(name for name, all_of_his in people.items() if group in all_of_his)}"
                              for group, gid in self.gids.items()], "root:x:0:")

    def _cover(self, file, lines, roots):
        path = self.kit.path(file)
        path.write_text("\n".join([roots, *lines, ""]))
        self._bind(path, file)

    @staticmethod
    def _bind(path, file):
        subprocess.run(["mount", "--bind", path, f"/etc/{file}"], check=True)

    def hang_groups(self):
        """From now on, who asks which groups there are waits for ever: the file is a FIFO that nobody writes into."""
        path = self.kit.path("hanging")
        os.mkfifo(path)
        self._bind(path, "group")

    def run(self, name, program, *args):
        """kit.run() as that user."""
        binary = self.kit.build / program if program == "charmux" else program
        return self.kit.run("setpriv", f"--reuid={name}", f"--regid={name}", "--init-groups", binary, *args)

    @contextlib.contextmanager
    def being(self, name, group="charmux"):
        """This process is he meanwhile, as far as a connection that it makes is concerned."""
        os.setegid(self.gids[group])
        os.seteuid(self.uids[name])
        try:
            yield
        finally:
            os.seteuid(0)
            os.setegid(0)
