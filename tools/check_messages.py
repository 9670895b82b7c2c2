#!/usr/bin/env python3
"""Rejects messages of the catalogue that no code reports: check_messages.py DIAGNOSTICS_PROTO FILE...

FILE is a source file of the tool; tests and generated files are no reason to keep a message. Prints each unused
message; exits with code 1 if it finds any, or if the catalogue cannot be read.
"""

import re
import sys

MESSAGE = re.compile(r"^  ([A-Z][A-Z0-9_]*) = \d+ \[\(schema\.diagnostic\)", re.M)
COMMENT = re.compile(r"^\s*//.*$", re.M)


def function_of(name):
    """Returns the generated function's name: UNKNOWN_FIELD -> UnknownField."""
    return "".join(word.capitalize() for word in name.split("_"))


def unused(catalogue, sources):
    """Returns the functions of the catalogue that none of the sources names."""
    used = set()
    for text in sources:
        used.update(re.findall(r"\bdiag::([A-Z]\w*)", COMMENT.sub("", text)))
    return [function for function in map(function_of, MESSAGE.findall(catalogue)) if function not in used]


def read(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def main(catalogue, *files):
    text = read(catalogue)
    if not MESSAGE.search(text):
        print("%s has no messages" % catalogue)
        return 1
    found = unused(text, map(read, files))
    for function in found:
        print("%s: no code reports `diag::%s`: report it, or remove it" % (catalogue, function))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
