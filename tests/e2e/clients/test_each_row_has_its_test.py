# SPDX-License-Identifier: Apache-2.0
"""What docs/clients.md says of a client, that client's own test has measured: no row without a test, no section without a
row."""

import pathlib
import re

from support.clients_doc import DOC, rows

HERE = pathlib.Path(__file__).parent


def test_each_row_has_a_section_and_a_test():
    ways = list(rows(DOC.read_text()))
    assert ways
    assert sorted(ways) == sorted(re.findall(r"^### (.*)$", DOC.read_text(), re.MULTILINE))
    tests = "".join(path.read_text() for path in HERE.glob("test_*.py"))
    assert [way for way in ways if f'"{way}"' not in tests] == []
