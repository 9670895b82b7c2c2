#!/usr/bin/env python3
"""Prints the source of program.h: the given file as a string."""

import sys


def main(path):
    with open(path, "rb") as stream:
        program = stream.read()
    print('#include "runtime/kube/receiver/program.h"\n')
    print("namespace ovenbird::kube::receiver {")
    print("namespace {\n\nconstexpr char kProgram[] =")
    for start in range(0, len(program), 32):
        print('    "%s"' % "".join("\\%03o" % byte for byte in program[start : start + 32]))
    print("    ;\n\n}  // namespace\n")
    print("absl::string_view Program() { return {kProgram, %d}; }\n" % len(program))
    print("}  // namespace ovenbird::kube::receiver")


if __name__ == "__main__":
    main(*sys.argv[1:])
