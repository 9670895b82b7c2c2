#!/usr/bin/env python3
"""Measures what the live board costs: its CPU time with 200 images, and the time of a run
with and without it.

Runs `build` of images whose builder is a small script (`build.custom`), in turn with the
board on a terminal of 200 x 50 and with `--progress plain` on the same terminal. Exits with
code 1 if a target is missed.

  bazel run --config=opt //bench:board [-- --rounds N --images N --seconds N]
"""

import argparse
import fcntl
import os
import pty
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

TOOL = os.path.abspath("tools/ovenbird")
MOST_CPU = 0.01  # of one core
MOST_TIME = 1.05
# A builder that prints two lines a second.
SCRIPT = """#!/bin/sh
for i in $(seq %d); do echo "line $i of image $*"; sleep 0.5; done
"""


def write_project(folder, images, seconds):
    lines = ["images:"]
    for n in range(images):
        lines += [
            "  image%03d:" % n,
            "    image: 127.0.0.1:1/bench/image%03d" % n,
            "    build: {custom: {command: ./build.sh}}",
        ]
    with open(folder + "/devspace.yaml", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    with open(folder + "/build.sh", "w", encoding="utf-8") as file:
        file.write(SCRIPT % (2 * seconds))
    os.chmod(folder + "/build.sh", 0o755)


def cpu_of(pid):
    """Returns the CPU seconds of a process without its children; None after its end."""
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as stream:
            fields = stream.read().rpartition(")")[2].split()
    except OSError:
        return None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(folder, images, board):
    """Returns the seconds and the CPU seconds of the tool alone, and how much it has written."""
    screen, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    written = [0]

    def drain():
        try:
            while True:
                written[0] += len(os.read(screen, 1 << 16))
        except OSError:
            pass  # The last writer has closed it.

    command = [TOOL, "build", "--force", "--jobs", str(images), "--no-verify", "--skip-push-check"]
    command += [] if board else ["--progress", "plain"]
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=terminal,
        env=dict(os.environ, TERM="xterm-256color"),
    )
    os.close(terminal)
    reader = threading.Thread(target=drain)
    reader.start()
    cpu = 0
    while process.poll() is None:
        cpu = cpu_of(process.pid) or cpu
        time.sleep(0.02)
    seconds = time.monotonic() - started
    reader.join()
    os.close(screen)
    if process.returncode:
        sys.exit("the build exited with code %d" % process.returncode)
    return seconds, cpu, written[0]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=20)
    args = parser.parse_args()
    found = {True: [], False: []}
    with tempfile.TemporaryDirectory() as folder:
        write_project(folder, args.images, args.seconds)
        for _ in range(args.rounds):
            for board in (True, False):
                found[board].append(run(folder, args.images, board))
    medians = {
        board: [statistics.median(column) for column in zip(*rows)] for board, rows in found.items()
    }
    for board, (seconds, cpu, written) in medians.items():
        name = "with the board" if board else "with lines"
        print("%-15s %6.2f s, %5.2f s of CPU, %8.0f kB" % (name, seconds, cpu, written / 1e3))
    share = (medians[True][1] - medians[False][1]) / medians[True][0]
    ratio = medians[True][0] / medians[False][0]
    print("CPU time of the board: %.2f %% of a core (at most %.0f %%)" % (100 * share, 100 * MOST_CPU))
    print("time with the board / with lines: %.3f (at most %.2f)" % (ratio, MOST_TIME))
    return 1 if share > MOST_CPU or ratio > MOST_TIME else 0


if __name__ == "__main__":
    sys.exit(main())
