#!/usr/bin/python3
"""Merges what gcov wrote (*.gcov.json.gz) and lcov files into one lcov file."""

import glob
import gzip
import json
import os
import sys


class Counts:
    """How often each line of each file ran."""

    def __init__(self):
        self.files = {}

    def add(self, name, line, count):
        if not name.startswith("/"):  # A system header.
            lines = self.files.setdefault(name, {})
            lines[line] = lines.get(line, 0) + count

    def add_gcov(self, path):
        with gzip.open(path) as stream:
            for file in json.load(stream)["files"]:
                for line in file["lines"]:
                    self.add(file["file"], line["line_number"], line["count"])

    def add_lcov(self, path):
        name = ""
        with open(path) as stream:
            for row in stream:
                row = row.strip()
                if row.startswith("SF:"):
                    name = row[3:]
                elif row.startswith("DA:"):
                    line, count = row[3:].split(",")[:2]
                    self.add(name, int(line), int(count))

    def write(self, stream):
        for name in sorted(self.files):
            lines = self.files[name]
            stream.write("SF:%s\n" % name)
            for line, count in sorted(lines.items()):
                stream.write("DA:%d,%d\n" % (line, count))
            hit = sum(1 for count in lines.values() if count)
            stream.write("LH:%d\nLF:%d\nend_of_record\n" % (hit, len(lines)))


def main():
    option = dict(a.lstrip("-").split("=", 1) for a in sys.argv[1:] if "=" in a)
    counts = Counts()
    folder = option.get("coverage_dir")
    if folder:
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.gcov.json.gz"), recursive=True)):
            counts.add_gcov(path)
        for path in sorted(glob.glob(os.path.join(folder, "**", "*.dat"), recursive=True)):
            counts.add_lcov(path)
    if option.get("reports_file"):
        with open(option["reports_file"]) as stream:
            for path in stream.read().split():
                if os.path.exists(path):
                    counts.add_lcov(path)
    with open(option["output_file"], "w") as stream:
        counts.write(stream)


main()
