# SPDX-License-Identifier: Apache-2.0
"""Someone reads an error and looks it up in README's "When something is wrong": every error that the tests of this folder
provoke has its line there, with a meaning and a remedy, and no line stands for an error that is no more."""

import importlib.util
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent


def provoked():
    """{name: exact text} of every module's table: its third column."""
    texts = {}
    for path in sorted(HERE.glob("test_*.py")):
        if path == pathlib.Path(__file__).resolve():
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        texts.update({f"{path.stem}: {name}": case[2] for name, case in module.ERRORS.items()})
    return texts


def rows(readme):
    """The table's rows as lists of cells, its head left out."""
    section = re.search(r"^## When something is wrong$(.*?)^## ", readme, re.MULTILINE | re.DOTALL).group(1)
    lines = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line] for line in lines]


def pattern(sentence):
    """README's sentence, its parts in capitals standing for anything. Before it may stand where: FILE:LINE:COLUMN, an
    option, an address, the console, the level of a log line."""
    parts = re.split(r"[A-Z][A-Z]+", sentence)
    return re.compile(r"(?:^|: |>)" + ".+".join(map(re.escape, parts)) + "$")


def test_every_error_has_its_line_and_every_line_its_error(kit):
    table = rows((kit.repo / "README.md").read_text())
    assert [row for row in table if len(row) != 3 or not all(row)] == []
    # A sentence with a backquote in it stands between two and two, as Markdown wants it.
    sentences = ["".join(found) for row in table for found in re.findall(r"``\s?(.+?)\s?``|`([^`]+)`", row[0])]
    patterns = {sentence: pattern(sentence) for sentence in sentences}
    texts = provoked()
    assert len(texts) > 80
    missing = [f"{name}: {text}" for name, text in texts.items() if not any(p.search(text) for p in patterns.values())]
    assert not missing, "README does not list:\n" + "\n".join(missing)
    idle = [sentence for sentence, p in patterns.items() if not any(p.search(text) for text in texts.values())]
    assert not idle, "no test provokes:\n" + "\n".join(idle)
