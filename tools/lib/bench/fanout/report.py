# SPDX-License-Identifier: Apache-2.0
"""The report, line by line as it comes about: a Markdown table, so that it can stand in a document as it is."""

import sys

_COLUMNS = ("what", "figure", "target", "", "the base beside itself", "more")


def size(count):
    """Bytes, for people."""
    for unit, name in (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"):
        if abs(count) >= 10 * unit or unit == 1 << 20 and abs(count) >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count:.0f} bytes"


def bandwidth(count):
    return f"{count / 1e6:.0f} MB/s"


class Report:
    """Rows go to stdout, and what is being done meanwhile to stderr."""

    def __init__(self, judges=True):
        self._judges = judges  # or else there is no word of what was reached
        self.missed = {}  # what did not reach its target, and the word for it
        self.again = False  # from now on rows stand here for the second time
        self._headed = False

    def head(self, lines):
        print("\n".join(lines), flush=True)

    def row(self, what, figure, target="", verdict="", itself="", more=""):
        if not self._headed:
            self._line(_COLUMNS)
            self._line(["---"] * len(_COLUMNS))
            self._headed = True
        verdict = verdict if self._judges else ""
        if verdict in ("", "reached"):
            self.missed.pop(what, None)
        else:
            self.missed[what] = verdict
        self._line((what, figure, target, verdict, itself, f"again: {more}" if self.again else more))

    def absolute(self, what, value, most, shown, more=""):
        """A figure that is to be at most so much; `shown` turns either into words."""
        self.row(what, shown(value), f"<= {shown(most)}", "reached" if value <= most else "not reached", more=more)

    def failed(self, what, error):
        self.missed[what] = f"FAILED: {error}"
        print(f"| {what} | FAILED |", flush=True)

    def doing(self, what):
        print(f"bench: {what} ...", file=sys.stderr, flush=True)

    @staticmethod
    def _line(cells):
        print("| " + " | ".join(cells) + " |", flush=True)
