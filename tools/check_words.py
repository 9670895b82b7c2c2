#!/usr/bin/env python3
"""Rejects words that plain English does not need: check_words.py FILE...

Prints FILE:LINE, the word and its replacement; exits with code 1 if it finds any. Only
words that are always wrong are in the list. Files with other suffixes are skipped.
"""

import os
import re
import sys

SUFFIXES = (".md", ".py", ".sh", ".bazel")
# Regular expression, in any case -> replacement.
WORDS = {
    r"\bcan't\b": "cannot",
    r"\bfor ever\b": "forever",
    r"\bsomebody\b(?!-)": "another user, the caller",
    r"\bvouch": "trust, sign, verify",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bword by word\b": "verbatim",
    r"\btruth values?\b": "boolean",
    r"\bwithout a word\b": "silently, without a message",
    r"\bpassed over\b": "ignored",
    r"\bbeside\b": "next to, in addition to",
}
EXCEPTIONS = ("tools/check_words.py", "docs/messages/", "docs/reference/", "docs/images.md", "docs/e2e.md")


def problems(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            for word, replacement in WORDS.items():
                for found in re.finditer(word, line, re.IGNORECASE):
                    yield "%s:%d: `%s`: write: %s" % (path, number, found.group(), replacement)


def main():
    files = [f for f in sys.argv[1:] if f.endswith(SUFFIXES) and not f.startswith(EXCEPTIONS)]
    found = [problem for path in files if os.path.isfile(path) for problem in problems(path)]
    print("\n".join(found) or "%d files without dropped words" % len(files))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
