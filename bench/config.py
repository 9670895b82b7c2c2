#!/usr/bin/env python3
"""Measures loading, validating and rendering of configs with 1 to 10,000 images.

Runs whole processes, in turn with the lower bound: yaml-cpp's event interface on the
same file. CPU seconds are the minimum of the rounds; only compare ratios of the same
run.

  bazel run --config=opt //bench:config [-- --rounds N] [--compare COMMAND]

--compare measures the time from start to end of `render` with one image in turn with
that of another command, e.g. "kubectl create --dry-run=client -f pod.yaml".
"""

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = [1, 100, 1000, 10000]

IMAGE = """\
  service-{n}:
    image: registry.example.com/team-{t}/service-{n}
    tags: [latest, v1.{n}]
    dockerfile: Dockerfile
    context: ./
    build:
      kaniko:
        cache: true
        snapshotMode: full
        image: gcr.io/kaniko-project/executor:v1.24.0
        namespace: builds-{t}
        args:
        - --verbosity=info
        - --cache-ttl=24h
        options:
          target: ""
        additionalMounts:
        - mountPath: /kaniko/certs-{n}
          secret:
            name: registry-ca
            items:
            - key: ca.crt
              path: ca.crt
        resources:
          requests: {{cpu: 500m, memory: 1Gi}}
          limits: {{cpu: "2", memory: 4Gi}}
        nodeSelector:
          pool: builds
        labels:
          team: team-{t}
        env:
          TMPDIR: /kaniko/tmp
"""


def write_project(folder, images):
    path = os.path.join(folder, "devspace.yaml")
    with open(path, "w") as out:
        out.write("version: v1beta9\nimages:\n")
        for n in range(images):
            out.write(IMAGE.format(n=n, t=n % 20))
    with open(os.path.join(folder, "Dockerfile"), "w") as out:
        out.write("FROM scratch\nCOPY Dockerfile /\n")
    return path


def run(command):
    """Returns CPU seconds and peak memory in bytes of one run."""
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit("%s failed:\n%s" % (command, errors.decode(errors="replace")))
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def measure(commands, rounds):
    """Returns for each command the smallest CPU time and the largest memory."""
    best = [(float("inf"), 0)] * len(commands)
    for _ in range(rounds):
        for i, command in enumerate(commands):
            cpu, memory = run(command)
            best[i] = (min(best[i][0], cpu), max(best[i][1], memory))
    return best


def show_start(tool, other):
    """Prints the median seconds from start to end of `render` and of a command."""
    with tempfile.TemporaryDirectory() as folder:
        render = [tool, "render", "--config", write_project(folder, 1)]
        seconds = {"render": [], other: []}
        for _ in range(20):
            for name, command in ("render", render), (other, shlex.split(other)):
                start = time.monotonic()
                subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
                seconds[name].append(time.monotonic() - start)
    ours, theirs = (statistics.median(values) for values in seconds.values())
    print("\none image: render %.1f ms, `%s` %.1f ms: %.2f" %
          (ours * 1e3, other, theirs * 1e3, ours / theirs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--compare")
    options = parser.parse_args()
    rounds = options.rounds
    here = os.getcwd()  # of the runfiles
    tool = os.path.join(here, "tools/ovenbird")
    peer = os.path.join(here, "bench/config_peer")
    print("| images | file | validate / events, CPU | render / events, CPU | "
          "validate, memory / file | render, memory / file |")
    print("|---|---|---|---|---|---|")
    for images in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            path = write_project(folder, images)
            size = os.path.getsize(path)
            events, validate, render = measure(
                [[peer, path], [tool, "validate", "--config", path],
                 [tool, "render", "--config", path]], rounds)
            print("| %d | %.1f kB | %.2f | %.2f | %.1f | %.1f |" %
                  (images, size / 1e3, validate[0] / events[0],
                   render[0] / events[0], validate[1] / size,
                   render[1] / size), flush=True)
    if options.compare:
        show_start(tool, options.compare)


if __name__ == "__main__":
    main()
