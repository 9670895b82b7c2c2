#!/usr/bin/env python3
"""Prints the source of program.h: pairs of a file with a machine's name and of its program.

A program that could not be made is empty, and left out.
"""

import sys


def read(path):
    with open(path, "rb") as stream:
        return stream.read()


def main(*paths):
    pairs = [(read(name).decode().strip(), read(path)) for name, path in zip(paths[::2], paths[1::2])]
    pairs = [(machine, program) for machine, program in pairs if program]
    print('#include "runtime/kube/receiver/program.h"\n')
    print('#include "absl/types/span.h"\n')
    print("namespace ovenbird::kube::receiver {")
    print("namespace {")
    for number, (_, program) in enumerate(pairs):
        print("\nconstexpr char kProgram%d[] =" % number)
        for start in range(0, len(program), 32):
            print('    "%s"' % "".join("\\%03o" % byte for byte in program[start : start + 32]))
        print("    ;")
    print("\nconstexpr Program kPrograms[] = {")
    for number, (machine, program) in enumerate(pairs):
        print('    {"%s", {kProgram%d, %d}},' % (machine, number, len(program)))
    print("};\n\n}  // namespace\n")
    print("absl::Span<const Program> Programs() { return kPrograms; }\n")
    print("}  // namespace ovenbird::kube::receiver")


if __name__ == "__main__":
    main(*sys.argv[1:])
