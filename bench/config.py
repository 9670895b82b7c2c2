#!/usr/bin/env python3
"""Measures loading, validating and rendering of configs with 1 to 10,000 images.

Runs whole processes, in turn with the lower bound: yaml-cpp's event interface on the
same file. CPU seconds are the minimum of the rounds; only compare ratios of the same
run.

  bazel run -c opt //bench:config [-- --rounds N]
"""

import argparse
import os
import subprocess
import sys
import tempfile

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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
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


if __name__ == "__main__":
    main()
