#!/usr/bin/env python3
"""Measures with real executors which RUN lines lose changes with snapshotMode `time`.

    measure.py --ovenbird BIN --base IMAGE --executor IMAGE [--update] [TABLE]

TABLE is testdata/dockerfile/time_mode.txt. Each of its RUN lines is built twice, with
the modes `time` and `full`, as a layer of its own; /stub/reset, a RUN between any two,
puts the files back. A line is `lost` when its layer of mode `full` has an entry that
its layer of mode `time` has not. `make_base.sh` makes the base image.

Prints the lines whose first column is wrong; --update corrects them.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(HERE, "../../testdata/dockerfile/time_mode.txt")
FRAME = "ENV APP_HOME=/app GOPATH=/go DATA_DIR=/srv/data-dir VER=1\nENV HOME=/root PATH=/stub:$PATH\nWORKDIR /app\n"
RESET = 'RUN ["/stub/reset"]\n'


def is_backup(path):
    """Returns whether the path is a backup by useradd, such as /etc/passwd-, which no line tests."""
    return path.startswith("etc/") and path.endswith("-")


def entries(layer):
    found = set()
    for info in layer:
        if is_backup(info.name.lstrip("/")):
            continue
        content = hashlib.sha256(layer.extractfile(info).read()).hexdigest() if info.isfile() else ""
        capabilities = info.pax_headers.get("SCHILY.xattr.security.capability", "")
        found.add((info.name, info.type, info.mode, info.uid, info.gid, info.linkname, content, capabilities))
    return found


def spellings(line):
    """Returns the forms in which executors write a RUN into an image's history."""
    command = line[len("RUN ") :]
    texts = ["RUN " + command, "/bin/sh -c " + command]
    if command.startswith('["'):
        words = json.loads(command)
        texts += ["RUN " + json.dumps(words, separators=(",", ":")), " ".join(words)]
    return {" ".join(text.split()) for text in texts}


def layers_of(lines, path):
    """Returns the entries of each line's layer in a docker-archive. A RUN that changes
    nothing may be missing there."""
    with tarfile.open(path) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        config = json.load(archive.extractfile(manifest["Config"]))
        names = iter(manifest["Layers"])
        result = [set() for _ in lines]
        next_line = 0
        for step in config["history"]:
            name = None if step.get("empty_layer") else next(names)
            text = " ".join(step.get("created_by", "").split())
            found = [i for i in range(next_line, len(lines)) if text in spellings(lines[i])]
            if not found or name is None:
                continue
            next_line = found[0] + 1
            with tarfile.open(fileobj=archive.extractfile(name)) as layer:
                result[found[0]] = entries(layer)
        return result


def build(args, mode, lines, folder):
    with open(os.path.join(folder, "Dockerfile"), "w") as file:
        file.write("FROM %s\n%s%s" % (args.base, FRAME, RESET))
        for line in lines:
            file.write(line + "\n" + RESET)
    config = {
        "version": "v1beta9",
        "images": {
            "measured": {
                "image": args.base.rsplit(":", 1)[0] + "-measured",
                "tags": ["x"],
                "build": {"kaniko": {"image": args.executor, "snapshotMode": mode, "cache": False, "insecure": True}},
            }
        },
    }
    path = os.path.join(folder, "devspace.yaml")
    with open(path, "w") as file:
        json.dump(config, file)
    output = os.path.join(folder, mode + ".tar")
    command = [args.ovenbird, "build", "--engine", "local", "--skip-push", "--force", "--config", path, "--output", output]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode != 0:
        sys.exit(done.stdout[-4000:])
    layers = layers_of(lines, output)
    os.remove(output)
    # Most lines change something; otherwise the history was not understood.
    if mode == "full" and sum(1 for layer in layers if layer) * 2 < len(lines):
        sys.exit("few of the %d lines are in the history of %s" % (len(lines), output))
    return layers


def measure(args, lines):
    with tempfile.TemporaryDirectory() as folder:
        full = build(args, "full", lines, folder)
        time = build(args, "time", lines, folder)
    return ["lost" if f - t else "kept" for f, t in zip(full, time)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ovenbird", required=True)
    parser.add_argument("--base", required=True)
    parser.add_argument("--executor", required=True)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--at-once", type=int, default=60, help="lines of one build")
    parser.add_argument("table", nargs="?", default=TABLE)
    args = parser.parse_args()
    with open(args.table) as file:
        text = file.read().splitlines()
    rows = [i for i, line in enumerate(text) if line and not line.startswith("#")]
    wrong = 0
    for begin in range(0, len(rows), args.at_once):
        part = rows[begin : begin + args.at_once]
        print("lines %d to %d" % (begin + 1, begin + len(part)), flush=True)
        found = measure(args, [text[i].split("\t", 2)[2] for i in part])
        for i, verdict in zip(part, found):
            old, says, run = text[i].split("\t", 2)
            if verdict != old:
                wrong += 1
                print("%s, not %s: %s" % (verdict, old, run), flush=True)
                text[i] = "\t".join((verdict, says, run))
    if args.update and wrong:
        with open(args.table, "w") as file:
            file.write("\n".join(text) + "\n")
    print("%d lines, %d measured otherwise" % (len(rows), wrong))
    return 1 if wrong and not args.update else 0


sys.exit(main())
