#!/usr/bin/env python3
"""Prints the source of message_examples.h: embed_examples.py PAGE...

PAGE is a page of docs/messages: its part "Example" has the wrong files, and what the tool prints; the part "Corrected" has
the corrected files, or the corrected command.
"""

import os
import re
import sys

PART = re.compile(r"^## (Example|Corrected)\n(.*?)(?=^## |\Z)", re.M | re.S)
BLOCK = re.compile(r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", re.M | re.S)


def example_of(page):
    """Returns the text to print; empty if the page has no example."""
    out = ""
    for part, text in PART.findall(page):
        for name, kind, content in BLOCK.findall(text):
            if kind == "console":
                # The output is in the page; a corrected command is worth a line.
                content = content if part == "Corrected" else ""
            if content:
                title = part + (", " + name if name else "")
                out += "\n%s:\n%s" % (title, "".join(("    " + line).rstrip() + "\n" for line in content.splitlines()))
    return out


def quoted(text):
    """Returns a string literal of C++, a line of the text on each line."""
    lines = text.encode().splitlines(keepends=True)
    return "".join(
        '\n     "%s"' % "".join(chr(c) if 32 <= c < 127 and chr(c) not in '"\\?' else "\\%03o" % c for c in line) for line in lines
    )


def main(paths):
    examples = {}
    for path in paths:
        with open(path, encoding="utf-8") as stream:
            example = example_of(stream.read())
        if example:
            examples[os.path.basename(path)[: -len(".md")]] = example
    print('#include "runtime/cli/message_examples.h"\n')
    print("namespace ovenbird::cli {\nnamespace {\n")
    print("struct Example {\n  absl::string_view id;\n  absl::string_view text;\n};\n")
    print("constexpr Example kExamples[] = {")
    for ident in sorted(examples):
        print('    {"%s",%s},' % (ident, quoted(examples[ident])))
    print("};\n\n}  // namespace\n")
    print("absl::string_view MessageExample(absl::string_view id) {")
    print("  for (const Example& example : kExamples) {")
    print("    if (example.id == id) return example.text;")
    print("  }\n  return {};\n}\n\n}  // namespace ovenbird::cli")


if __name__ == "__main__":
    main(sys.argv[1:])
