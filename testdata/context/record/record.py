#!/usr/bin/env python3
"""Records what Docker makes of each case of ../ignore.

Writes two sections into every case:
  buildkit  what the library that `docker build` (23 and later) uses for its
            walk gives: github.com/tonistiigi/fsutil, built here with Go
  classic   what `COPY . /` brings with Docker's classic builder, asked from a
            real dockerd (Debian's docker.io), which is started for this
Lines are paths with bytes outside of printable ASCII, and `%`, as %XX; folders
end with a slash. "refused" stands for an ignore file that is an error.

    record.py [--check] [--without-dockerd] [CASE ...]

--check changes nothing and fails when a section would change.
"""

import argparse
import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "..", "ignore")


def decode(text):
    return re.sub(rb"%([0-9A-F]{2})", lambda m: bytes([int(m.group(1), 16)]),
                  text.encode())


def encode(name):
    return "".join(chr(b) if 32 <= b < 127 and b != 37 else "%%%02X" % b
                   for b in name)


class Case:
    """A file of sections; the first line says what it shows."""

    def __init__(self, path):
        self.path = path
        self.name = os.path.basename(path)[:-len(".case")]
        with open(path) as stream:
            parts = re.split(r"^== (\w+)\n", stream.read(), flags=re.M)
        self.title = parts[0]
        self.sections = dict(zip(parts[1::2], parts[2::2]))

    def write(self):
        with open(self.path, "w") as stream:
            stream.write(self.text())

    def text(self):
        return self.title + "".join("== %s\n%s" % item
                                    for item in self.sections.items())

    def make_tree(self, folder):
        for line in self.sections["files"].splitlines():
            name, _, target = line.partition(" -> ")
            path = os.path.join(os.fsencode(folder), decode(name))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if target:
                os.symlink(decode(target), path)
            elif name.endswith("/"):
                os.makedirs(path, exist_ok=True)
            else:
                with open(path, "w") as stream:
                    stream.write("x")
        with open(os.path.join(folder, ".dockerignore"), "wb") as stream:
            stream.write(decode(self.sections["ignore"]))
        with open(os.path.join(folder, "Dockerfile"), "w") as stream:
            stream.write("FROM scratch\nCOPY . /\n")


def buildkit(tool, folder):
    result = subprocess.run([tool, folder, folder + "/.dockerignore"],
                            stdout=subprocess.PIPE)
    if result.returncode != 0:
        return "refused\n"
    names = [n for n in result.stdout.split(b"\0") if n]
    return "".join(encode(n) + "\n" for n in sorted(names))


def classic(docker, folder):
    result = subprocess.run(docker + ["build", "-q", "--no-cache", folder],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=dict(os.environ, DOCKER_BUILDKIT="0"))
    if result.returncode != 0:
        error = result.stderr.decode()
        if "no source files" in error or "no files" in error:
            return ""
        return "refused\n"
    image = result.stdout.decode().strip()
    layers = subprocess.run(
        docker + ["inspect", "-f", "{{len .RootFS.Layers}}", image],
        stdout=subprocess.PIPE, check=True).stdout
    if int(layers) == 0:  # Nothing was copied.
        return ""
    saved = subprocess.run(docker + ["save", image], stdout=subprocess.PIPE,
                           check=True).stdout
    names = set()
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        for layer in manifest[0]["Layers"]:
            with tarfile.open(fileobj=archive.extractfile(layer),
                              errors="surrogateescape") as files:
                for member in files:
                    name = os.fsencode(member.name)
                    names.add(name + b"/" if member.isdir() else name)
    return "".join(encode(n) + "\n" for n in sorted(names))


def build_walker(folder):
    tool = os.path.join(folder, "walker")
    subprocess.run(["go", "build", "-o", tool, "."], check=True,
                   cwd=os.path.join(HERE, "buildkit"))
    return tool


@contextlib.contextmanager
def dockerd(folder):
    """A dockerd of its own, with nothing on the machine but `folder`."""
    socket = "unix://%s/docker.sock" % folder
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    env = dict(os.environ, PATH=path)
    log = open(os.path.join(folder, "log"), "w")
    containerd = subprocess.Popen(
        ["containerd", "--address", folder + "/c.sock",
         "--root", folder + "/croot", "--state", folder + "/cstate"],
        stdout=log, stderr=log, env=env)
    daemon = subprocess.Popen(
        ["dockerd", "--containerd", folder + "/c.sock", "-H", socket,
         "--data-root", folder + "/root", "--exec-root", folder + "/exec",
         "-p", folder + "/docker.pid", "--bridge", "none", "--iptables=false",
         "--exec-opt", "native.cgroupdriver=cgroupfs"],
        stdout=log, stderr=log, env=env)
    docker = [shutil.which("docker", path="/usr/bin:" + path), "-H", socket]
    try:
        for _ in range(100):
            if subprocess.run(docker + ["version"], stdout=log,
                              stderr=log).returncode == 0:
                break
            time.sleep(0.2)
        else:
            sys.exit("dockerd does not start: " + open(log.name).read()[-2000:])
        yield docker
    finally:
        for process in (daemon, containerd):
            process.terminate()
            process.wait()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--without-dockerd", action="store_true")
    parser.add_argument("case", nargs="*")
    args = parser.parse_args()
    names = args.case or sorted(os.listdir(CASES))
    cases = [Case(os.path.join(CASES, name)) for name in names]
    differ = []
    with contextlib.ExitStack() as stack:
        work = stack.enter_context(tempfile.TemporaryDirectory())
        walker = build_walker(work)
        docker = None
        if not args.without_dockerd:
            folder = os.path.join(work, "docker")
            os.mkdir(folder)
            docker = stack.enter_context(dockerd(folder))
        for case in cases:
            before = case.text()
            folder = os.path.join(work, case.name)
            os.mkdir(folder)
            case.make_tree(folder)
            case.sections["buildkit"] = buildkit(walker, folder)
            if docker:
                case.sections["classic"] = classic(docker, folder)
            if case.text() != before:
                differ.append(case.name)
            if not args.check:
                case.write()
    print("%d cases, %d changed%s" % (len(cases), len(differ),
                                      ": " + ", ".join(differ) if differ else ""))
    sys.exit(1 if differ and args.check else 0)


main()
