#!/usr/bin/env python3
"""Measures the sending of a build context, compared with the usual tools.

    bazel run --config=opt //bench:context -- [--files N] [--megabytes N] [--rounds N]
                                        [--big-megabytes N] [--json FILE]

Creates its own input: a tree of 50,000 files and 350 MB (files of 0 to 20 KB, a
twelfth of them random bytes, the others text) and one file of 1 GiB. Every row runs
our tool and the other tool in turn, several times, and compares the medians of the two
processes' wall time, or CPU time by wait4; the reader of a pipe is not counted. Exits
with code 1 if a target is missed.
"""

import argparse
import fcntl
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from tree import make_tree

F_SETPIPE_SZ = 1031
HERE = os.path.dirname(os.path.abspath(__file__))
PEER = os.path.join(HERE, "context_peer")

IGNORE = """# Rules of a usual project: none of them matches here.
**/node_modules
.git
*.log
**/*.tmp
dist/*
!dist/keep.js
.env*
**/__pycache__/**
docs/**/*.pdf
coverage
*.swp
"""


def make_big(path, megabytes):
    rng = random.Random(8)
    block = rng.randbytes(1 << 19) + bytes(1 << 19)
    with open(path, "wb") as stream:
        for _ in range(megabytes):
            stream.write(block)


def drain(fd, total):
    buffer = bytearray(1 << 20)
    while True:
        n = os.readv(fd, [buffer])
        if n == 0:
            break
        total[0] += n
    os.close(fd)


def run(commands, cwd=None):
    """Runs a pipeline; returns (wall seconds, CPU seconds of all processes, bytes of output)."""
    processes = []
    source = None
    start = time.monotonic()
    for command in commands:
        reader, writer = os.pipe()
        fcntl.fcntl(writer, F_SETPIPE_SZ, 1 << 20)
        processes.append(subprocess.Popen(command, stdin=source, stdout=writer, cwd=cwd))
        os.close(writer)
        if source is not None:
            os.close(source)
        source = reader
    total = [0]
    thread = threading.Thread(target=drain, args=(source, total))
    thread.start()
    cpu = 0.0
    for process in processes:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit("failed: %s" % process.args)
        cpu += usage.ru_utime + usage.ru_stime
    wall = time.monotonic() - start
    thread.join()
    return wall, cpu, total[0]


class Bench:

    def __init__(self, rounds):
        self.rounds = rounds
        self.rows = []

    def compare(self, title, ours, peer, what, aim, cwd=None):
        """`what`: "wall" or "cpu"; `aim`: the largest accepted ratio, or None."""
        times = ([], [])
        sizes = [0, 0]
        index = 0 if what == "wall" else 1
        for turn in range(self.rounds + 1):
            for side, pipeline in enumerate((ours, peer)):
                result = run(pipeline, cwd)
                sizes[side] = result[2]
                if turn > 0:  # The first round warms up.
                    times[side].append(result[index])
        median = [statistics.median(t) for t in times]
        row = {"title": title, "what": what, "ours": median[0], "peer": median[1],
               "ratio": median[0] / median[1], "aim": aim, "bytes": sizes}
        self.rows.append(row)
        print("%-58s %4s %8.3f s %8.3f s  ratio %5.2f  %s  (%.1f MB, %.1f MB)" % (
            title, what, median[0], median[1], row["ratio"],
            "" if aim is None else "aim %.2f %s" % (
                aim, "met" if row["ratio"] <= aim else "MISSED"),
            sizes[0] / 1e6, sizes[1] / 1e6), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=50000)
    parser.add_argument("--megabytes", type=int, default=350)
    parser.add_argument("--big-megabytes", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    args = parser.parse_args()
    work = tempfile.mkdtemp(prefix="ovenbird-bench-")
    try:
        tree = os.path.join(work, "tree")
        os.mkdir(tree)
        folders = make_tree(tree, args.files, args.megabytes)
        big = os.path.join(work, "big")
        os.mkdir(big)
        make_big(os.path.join(big, "file"), args.big_megabytes)
        ignore = os.path.join(work, "ignore")
        with open(ignore, "w") as stream:
            stream.write(IGNORE)
        records = os.path.join(work, "records")
        subprocess.run(["git", "init", "-q"], cwd=tree, check=True)
        subprocess.run(["git", "add", "-A"], cwd=tree, check=True)
        git = os.path.join(work, "git")
        os.rename(os.path.join(tree, ".git"), git)
        # The tool does not trust its records of files that were just written.
        time.sleep(3)
        print("%d files in %d folders, %d MB; one file of %d MiB; median of %d; ours, peer" % (
            args.files, folders, args.megabytes, args.big_megabytes, args.rounds))
        tar = ["tar", "-cf", "-", "-C"]
        bench = Bench(args.rounds)
        bench.compare("plain tar of the tree: tar", [[PEER, "pack", "none", tree]],
                      [tar + [tree, "."]], "cpu", 0.9)
        bench.compare("plain tar of the tree: the same through libarchive",
                      [[PEER, "pack", "none", tree]],
                      [[PEER, "pack", "libarchive", tree]], "cpu", None)
        bench.compare("plain tar of one big file: tar", [[PEER, "pack", "none", big]],
                      [tar + [big, "."]], "cpu", 0.9)
        bench.compare("gzip of the tree: tar | gzip -1", [[PEER, "pack", "gzip", tree]],
                      [tar + [tree, "."], ["gzip", "-1"]], "wall", 0.3)
        bench.compare("gzip of one big file: tar | gzip -1", [[PEER, "pack", "gzip", big]],
                      [tar + [big, "."], ["gzip", "-1"]], "wall", 0.3)
        if shutil.which("zstd"):
            bench.compare("zstd of the tree: tar | zstd -1", [[PEER, "pack", "zstd", tree]],
                          [tar + [tree, "."], ["zstd", "-1", "-q"]], "wall", None)
        find = ["find", tree, "-printf", "%p %s %T@\\n"]
        bench.compare("walk with sizes and times: find -printf", [[PEER, "walk", tree]],
                      [find], "cpu", 1.5)
        bench.compare("walk with ignore rules: find -printf", [[PEER, "walk", tree, ignore]],
                      [find], "cpu", 1.5)
        bench.compare("walk with ignore rules: find, names only",
                      [[PEER, "walk", tree, ignore]], [["find", tree]], "cpu", None)
        os.environ["GIT_DIR"] = git
        os.environ["GIT_WORK_TREE"] = tree
        run([[PEER, "fingerprint", tree, records]])
        bench.compare("nothing changed: git status", [[PEER, "fingerprint", tree, records]],
                      [["git", "status", "--porcelain"]], "wall", 1.25, cwd=tree)
        if args.json:
            with open(args.json, "w") as stream:
                json.dump(bench.rows, stream, indent=2)
        missed = [r for r in bench.rows if r["aim"] and r["ratio"] > r["aim"]]
        sys.exit(1 if missed else 0)
    finally:
        shutil.rmtree(work)


main()
