#!/usr/bin/env python3
"""Measures the time from a keystroke to its diagnostics in `ovenbird lsp`.

An editor sends one changed character and waits for the diagnostics. Exits with code 1 if
the median of a row is above its target.

  bazel run --config=opt //bench:keystroke [-- --rounds N]
"""

import argparse
import os
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "../editors"))
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import config  # noqa: E402
import lsp  # noqa: E402

LINES = 1000
TARGET = 0.020  # seconds
LINES_OF_IMAGE = config.IMAGE.count("\n")


def dockerfile():
    """Returns a Dockerfile of 1,000 lines in 20 stages."""
    lines = []
    for stage in range(20):
        lines.append("FROM busybox:1.36 AS stage%d" % stage)
        for n in range(LINES // 20 - 1):
            line = "RUN echo %d && mkdir -p /srv/%d" % (n, n) if n % 3 else "COPY Dockerfile /srv/%d/" % n
            lines.append("ENV NAME%d=value" % n if n % 7 == 0 else line)
    return "\n".join(lines) + "\n"


def measure(client, uri, text, rounds):
    """Returns the seconds of each keystroke, and the CPU seconds of all: a comment at the end of the file grows."""
    client.open(uri, text + "# ")
    client.published(uri)
    line = text.count("\n")
    seconds = []
    cpu = client.cpu_seconds()
    for n in range(rounds):
        at = {"line": line, "character": n + 2}
        started = time.monotonic()
        client.change(uri, [{"range": {"start": at, "end": at}, "text": "x"}])
        client.published(uri)
        seconds.append(time.monotonic() - started)
    cpu = client.cpu_seconds() - cpu
    client.close(uri)
    return seconds, cpu


def rows(folder, client, rounds):
    """Yields the name, the target and what was measured of each row."""
    path = config.write_project(folder, LINES // LINES_OF_IMAGE)
    uri = "file://" + path
    with open(path, encoding="utf-8") as file:
        text = file.read()
    yield "devspace.yaml, %d lines" % text.count("\n"), TARGET, measure(client, uri, text, rounds)
    docker = dockerfile()
    single = "images:\n  app:\n    image: john/app\n    build: {kaniko: {}}\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(single)
    docker_uri = "file://" + os.path.join(folder, "Dockerfile")
    yield "Dockerfile, %d lines" % docker.count("\n"), TARGET, measure(client, docker_uri, docker, rounds)
    for n in range(10000):
        name = os.path.join(folder, "src", str(n % 100), str(n))
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w", encoding="utf-8") as file:
            file.write("x")
    yield "devspace.yaml, 10,000 files in the context", TARGET, measure(client, uri, single, rounds)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=100)
    rounds = parser.parse_args().rounds
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        folder = os.path.realpath(folder)
        environment = {"HOME": os.path.join(folder, "home"), "KUBECONFIG": "/dev/null", "PATH": os.environ["PATH"]}
        command = [os.path.abspath("tools/ovenbird"), "lsp"]
        with lsp.Client(command, folder, {}, cwd=folder, env=environment) as client:
            for name, target, (seconds, cpu) in rows(folder, client, rounds):
                seconds.sort()
                median = statistics.median(seconds)
                print("%-45s median %6.1f ms, 90 %% below %6.1f ms, longest %6.1f ms; CPU %6.1f ms"
                      % (name, median * 1000, seconds[int(len(seconds) * 0.9)] * 1000, seconds[-1] * 1000,
                         cpu * 1000 / len(seconds)))
                missed |= median > target
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
