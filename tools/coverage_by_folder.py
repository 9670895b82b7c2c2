#!/usr/bin/env python3
"""Prints the line coverage of each folder: coverage_by_folder.py REPORT.

REPORT is the file that `bazel coverage --combined_report=lcov` writes. Tests, their helpers and generated files do
not count. Folders below their aim are marked. Exits with code 1 only if the report has no such file.
"""

import collections
import os
import sys

# The least share of covered lines, in percent.
AIMS = {
    "runtime/config": 90,
    "runtime/context": 90,
    "runtime/dockerfile": 90,
    "runtime/kube": 90,
    "runtime/plan": 90,
}

Lines = collections.namedtuple("Lines", "covered all")


def is_ours(path):
    """Returns whether the file is a source of the product."""
    name = os.path.basename(path)
    return (
        path.startswith(("runtime/", "codegen/"))
        and "/testing/" not in path
        and ".gen." not in name
        and ".pb." not in name
        and not os.path.splitext(name)[0].endswith(("_test", "_fuzz"))
    )


def read_report(rows):
    """Returns the Lines of each folder of an lcov report.

    A file may occur several times: a line is covered if it ran in any of them.
    """
    files = collections.defaultdict(dict)
    path = ""
    for row in rows:
        row = row.strip()
        if row.startswith("SF:"):
            path = row[3:]
        elif row.startswith("DA:") and is_ours(path):
            line, count = row[3:].split(",")[:2]
            files[path][line] = files[path].get(line, False) or int(count) > 0
    folders = collections.defaultdict(lambda: Lines(0, 0))
    for path, lines in files.items():
        folder = os.path.dirname(path)
        before = folders[folder]
        folders[folder] = Lines(before.covered + sum(lines.values()), before.all + len(lines))
    return dict(folders)


def table(folders):
    """Returns one row for each folder, and one for all of them."""
    rows = []
    total = Lines(sum(each.covered for each in folders.values()), sum(each.all for each in folders.values()))
    for folder, lines in sorted(folders.items()) + [("all", total)]:
        share = 100 * lines.covered / lines.all if lines.all else 0
        aim = AIMS.get(folder, 0)
        mark = f"  below {aim} %" if share < aim else ""
        rows.append(f"{share:5.1f} %  {lines.covered:6} of {lines.all:6} lines  {folder}{mark}")
    return rows


def main(path):
    with open(path) as stream:
        folders = read_report(stream)
    if not folders:
        print(f"no file of runtime/ or codegen/ in {path}", file=sys.stderr)
        return 1
    print("\n".join(table(folders)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
