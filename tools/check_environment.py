#!/usr/bin/env python3
"""Checks that docs/guides/what-leaves-my-machine.md names the environment variables that the sources read.

Usage: check_environment.py SOURCE... Fails for a variable that is not in the page's table, for one in the table that
no source names, and for a source that hands the function that reads variables on to a file that is unknown here.
"""

import re
import sys

PAGE = "docs/guides/what-leaves-my-machine.md"
READERS = r"(?:getenv|EnvironmentOrEmpty|EnvironmentVariable|Variable|UserFolder)"
DIRECT = re.compile(r"\b" + READERS + r"\(\s*\"([A-Za-z_]+)\"")
# A reader that is a value, or whose argument is not a string.
INDIRECT = re.compile(r"\b(?:getenv|EnvironmentOrEmpty|EnvironmentVariable)\b(?!\(\s*\")")
NAME = re.compile(r'"([A-Z]+(?:_[A-Z]+)+)"')
# Files that have the reader as a value, and the files where it is called with names of their own; none: with names
# from the config or from flags.
HANDED_ON = {
    "runtime/base/environment.cc": [],
    "runtime/base/environment.h": [],
    "runtime/base/private_folder.cc": [],
    "runtime/cli/context.cc": [],
    "runtime/cli/flags.cc": [],
    "runtime/cli/github_files.cc": ["runtime/cli/github_files.cc"],
    "runtime/cli/planning.cc": [],
    "runtime/cli/problems.cc": ["runtime/report/root.cc"],
    "runtime/config/surroundings.cc": [],
    "runtime/kube/access.cc": [],
    "runtime/kube/access.h": [],
    "runtime/lsp/editor_settings.cc": [],
    "runtime/net/dial.cc": ["runtime/net/proxy.cc"],
    "runtime/net/tls.cc": ["runtime/net/tls.cc"],
    "runtime/plan/check_files.cc": [],
}
# Read by libraries.
OF_LIBRARIES = {"SSL_CERT_DIR"}


def names_in(text):
    """Returns the variables that a source reads by name."""
    return set(DIRECT.findall(text))


def is_indirect(text):
    """Returns whether a source hands the reader on."""
    return bool(INDIRECT.search(re.sub(r"//.*", "", text)))


def names_of_page(text):
    """Returns the variables in the first column of the table."""
    table = text.partition("## Environment variables\n")[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (.*?) \|", table, re.M)
    return {name for cell in cells for name in re.findall(r"`([A-Z][A-Z_]+)`", cell)}


def read(path):
    with open(path) as stream:
        return stream.read()


def main(paths):
    read_names, problems = set(OF_LIBRARIES), []
    for path in paths:
        text = read(path)
        read_names |= names_in(text)
        if not is_indirect(text):
            continue
        if path not in HANDED_ON:
            problems.append("%s: hands the environment on: say in HANDED_ON where it is read" % path)
        for other in HANDED_ON.get(path, []):
            read_names |= set(NAME.findall(read(other)))
    named = names_of_page(read(PAGE))
    problems += ["%s: `%s` is read, but not in the table" % (PAGE, name) for name in sorted(read_names - named)]
    problems += ["%s: no source reads `%s`" % (PAGE, name) for name in sorted(named - read_names)]
    print("\n".join(problems) or "%d environment variables" % len(read_names))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
