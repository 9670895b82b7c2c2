#!/usr/bin/env python3
"""Rejects words that plain English does not need: check_words.py FILE...

Prints FILE:LINE, the word and its replacement; exits with code 1 if it finds any. Of C++
files only comments and strings are checked, because a name in the code may contain a word.
Only words that are always wrong are in the list. Files with other suffixes are skipped.
"""

import os
import re
import sys

TEXT_SUFFIXES = (".md", ".py", ".sh", ".bazel", ".proto", ".textproto")
CPP_SUFFIXES = (".cc", ".h")
# Regular expression, in any case -> replacement.
WORDS = {
    r"\bcan't\b": "cannot",
    r"\bfor ever\b": "forever",
    r"\bsomebody\b(?!-)": "another user, the caller",
    r"\bwhom\b": "the user, the caller",
    r"\bone who\b": "a user who",
    r"\bvouch": "trust, sign, verify",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bword by word\b": "verbatim",
    r"\btruth values?\b": "boolean",
    r"\bwhole numbers?\b": "integer",
    r"\bwithout a word\b": "silently, without a message",
    r"\bpass(?:es|ed|ing)? over\b": "ignore",
    r"\bbesides?\b": "next to, in addition to",
    r"\bat once\b": "immediately, simultaneously",
    r"\bstands? (?:for|under|behind)\b": "means, is a placeholder for; is under; follows",
    r"\bnot to be reached\b|\bout of reach\b": "unreachable",
    r"\btime is over\b(?!-)": "has expired, at its deadline",
    r"\bkeeps ending\b": "keeps exiting",
    r"\bin vain\b": "too late, has no effect",
    r"\bon (?:its|the|their) way out\b": "being deleted",
    r"\bkaniko section\b": "under `kaniko`",
    r"\b(?:it|this|that) is no (?!longer\b|more\b|less\b)": "is not a",
}
EXCEPTIONS = (
    "tools/check_words.py",
    "tools/checks_test.py",  # the words are its inputs
    "runtime/yaml/syntax.cc",  # messages of yaml-cpp
    "docs/messages/",
    "docs/reference/",
    "docs/images.md",
    "docs/e2e.md",
)
# A comment or a string of one line of C++. Raw strings are not recognized.
CPP_TEXT = re.compile(r"//.*|\"(?:[^\"\\]|\\.)*\"")


def checked_part(path, line):
    """Returns the part of the line that is checked."""
    if not path.endswith(CPP_SUFFIXES):
        return line
    return " ".join(CPP_TEXT.findall(line))


def problems_of(path, lines):
    for number, line in enumerate(lines, 1):
        text = checked_part(path, line)
        for word, replacement in WORDS.items():
            for found in re.finditer(word, text, re.IGNORECASE):
                yield "%s:%d: `%s`: write: %s" % (path, number, found.group(), replacement)


def problems(path):
    with open(path, encoding="utf-8") as file:
        yield from problems_of(path, file)


def is_checked(path):
    return path.endswith(TEXT_SUFFIXES + CPP_SUFFIXES) and not path.startswith(EXCEPTIONS)


def main():
    files = [f for f in sys.argv[1:] if is_checked(f)]
    found = [problem for path in files if os.path.isfile(path) for problem in problems(path)]
    print("\n".join(found) or "%d files without dropped words" % len(files))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
