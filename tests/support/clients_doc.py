# SPDX-License-Identifier: Apache-2.0
"""docs/clients.md: a section for each way in which a client is used, with the very lines that its test uses, and a table
with a row for each, which its test measures."""

import fcntl
import os
import pathlib
import re

DOC = pathlib.Path(__file__).resolve().parents[2] / "docs" / "clients.md"
COLUMNS = ("client", "version", "door", "login and command", "bytes to the guest", "bytes from the guest", "break",
           "240 and 255 columns", "leaves by", "when charmuxd ends")
_BLOCK = re.compile(r"^```(\S*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Section:
    """What stands below `### WAY`: `listen`, the addresses behind --listen; `commands`, the other lines of its `sh`
    blocks; file(name), the block of that name."""

    def __init__(self, way):
        found = re.search(rf"^### {re.escape(way)}\n(.*?)(?=^##|\Z)", DOC.read_text(), re.MULTILINE | re.DOTALL)
        assert found, f"docs/clients.md has no section {way!r}"
        self._blocks = _BLOCK.findall(found.group(1))
        lines = [line for name, block in self._blocks if name == "sh" for line in block.splitlines()]
        self.listen = [word for line in lines if line.startswith("charmuxd ") for word in
                       re.findall(r"--listen (\S+)", line)]
        self.commands = [line for line in lines if not line.startswith("charmuxd ")]

    def file(self, name):
        (text,) = (block for kind, block in self._blocks if kind == name)
        return text

    @property
    def door(self):
        """The listeners, without what is of no interest to a client."""
        words = [re.sub(r":[^,]*|,console=[^,]*", "", address).replace(",", ", ") for address in self.listen]
        return "; ".join(f"`{word}`" for word in words)


def row_of(cells):
    return "| " + " | ".join(cells) + " |"


def rows(text):
    """The table's rows by their first cell."""
    head = row_of(COLUMNS)
    assert head in text, f"docs/clients.md has no table with the head\n{head}"
    lines = text[text.index(head):].split("\n\n", 1)[0].splitlines()[2:]
    return {line.split("|")[1].strip(): line for line in lines}


def check_row(cells):
    """That the row is the one in the document; or puts it there, where CHARMUX_WRITE_CLIENTS is 1."""
    row = row_of(cells)
    if os.environ.get("CHARMUX_WRITE_CLIENTS") == "1":
        return _write(cells[0], row)
    known = rows(DOC.read_text())
    assert known.get(cells[0]) == row, \
        f"docs/clients.md says\n{known.get(cells[0])}\nbut this was measured (CHARMUX_WRITE_CLIENTS=1 writes it):\n{row}"


def _write(way, row):
    with DOC.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # other tests write theirs
        text = file.read()
        known = rows(text)
        ruler = row_of(["---"] * len(COLUMNS))
        text = text.replace(known[way], row) if way in known else text.replace(f"{ruler}\n", f"{ruler}\n{row}\n")
        file.seek(0)
        file.truncate()
        file.write(text)
