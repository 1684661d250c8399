# SPDX-License-Identifier: Apache-2.0
"""What charmuxd says to a configuration before it starts."""


def run(kit, case, *options):
    """`case`: the file's text, or None for no file, and further arguments. Exit code, stdout, and stderr, in which FILE is
    the file's path."""
    text, arguments = case
    file = kit.path("charmux.toml")
    if text is not None:
        file.write_text(text)
        arguments = ("--config", file, *arguments)
    ended = kit.run("charmuxd", *options, *arguments)
    return ended.returncode, ended.stdout, ended.stderr.replace(str(file), "FILE")
