#!/usr/bin/env python3
"""Compares which Dockerfiles Ovenbird and BuildKit accept.

Mutates the Dockerfiles of seeds.txt and runs both parsers: reader.cc, and oracle.go,
which is built from the Go module registry. Prints each difference.

  bazel run //e2e/dockerfile:oracle -- [--mutants N] [--seed N] [--keep FOLDER]
"""

import argparse
import collections
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
WORDS = [
    "--chown", "--chown=", "--chmod=9z", "--link=yes", "--link=", "--link",
    "--from=", "--from=0", "--from=1", "--from=9", "--from=$X", "--from=build",
    "--network=bad", "--network=", "--security=x", "--interval=5",
    "--interval=-1s", "--interval=1us", "--interval", "--retries=x",
    "--retries=-1", "--timeout=1", "--start-period=x", "--bogus", "--",
    "--mount=", "--mount=type=nothing", "--mount=type=cache", "--mount",
    "--mount=type=secret", "--mount=target=/", "--mount=from=$X,target=/x",
    "--platform=", "--platform=a/b/c/d", "--platform=what", "--parents",
    "--exclude", "--exclude=x", "--unpack=1", "--checksum=sha256:1", "<<EOF",
    "<<'EOF'", "<<-E", "$X", "${X", "${X:?no}", "${X^^}", "${A:-", "${}",
    "${A#*\\x}", "'", '"', "\\", "`", "[", "]", '[""]', "[1]", '["a", 1]',
    "NONE", "CMD", "AS", "as x", "=", "=x", "a=", "0", "-1", "99999", "80-",
    "9-8", "80/x", "a:b:c:d", "SIGNOTHING", "SIGKILL", "https://h.com/a",
    "git@h.com:a", "scratch", "Base", "#", "/", ".", "/x", "b c", '""',
    "x=$A$A", "true", "false",
]
KEYWORDS = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM",
    "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN", "SHELL",
    "STOPSIGNAL", "USER", "VOLUME", "WORKDIR", "ONBUILD FROM",
    "ONBUILD ONBUILD", "ONBUILD COPY", "FOO",
]


def mutate(text, rng):
    """Returns the text with one to three changes."""
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        lines = text.split("\n")
        line = rng.randrange(len(lines))
        words = re.split(r"( +)", lines[line])
        word = rng.randrange(len(words))
        kind = rng.randrange(10)
        if kind == 0:
            words[word] = rng.choice(WORDS)
        elif kind == 1:
            words.insert(1, " " + rng.choice(WORDS))
        elif kind == 2:
            words.append(" " + rng.choice(WORDS))
        elif kind == 3:
            del words[word]
        elif kind == 4:
            words[0] = rng.choice(KEYWORDS)
        elif kind == 5 and words[word]:
            at = rng.randrange(len(words[word]))
            words[word] = words[word][:at] + words[word][at + 1:]
        elif kind == 6:
            at = rng.randrange(len(words[word]) + 1)
            char = rng.choice("$\"'\\`{}[]=:,/-+#<0aZ ")
            words[word] = words[word][:at] + char + words[word][at:]
        elif kind == 7 and "=" in words[word]:
            words[word] = words[word].split("=")[0] + "=" + rng.choice(WORDS)
        elif kind == 8:
            del lines[line]
        else:
            lines.insert(rng.randrange(len(lines) + 1), lines[line])
        if kind < 7 or (kind == 7 and "=" in words[word]):
            lines[line] = "".join(words)
        text = "\n".join(lines)
        if not lines:
            break
    return text


def judge(command, paths):
    """Returns the program's verdict on each file."""
    result = subprocess.run(
        command, input="".join(f"{path}\n" for path in paths), text=True,
        stdout=subprocess.PIPE, check=True)
    answers = result.stdout.splitlines()
    if len(answers) != len(paths):
        sys.exit(f"{command[0]}: {len(answers)} answers for {len(paths)} files")
    return answers


def build_oracle(folder):
    """Builds oracle.go with the project's own Go and pinned modules."""
    toolchain = HERE.parents[1] / "third_party/go/toolchain.sh"
    go = subprocess.run(["bash", str(toolchain), "1.26"], check=True, text=True,
                        stdout=subprocess.PIPE).stdout.strip()
    for name in ("oracle.go", "go.mod", "go.sum"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    subprocess.run([go, "build", "-o", "oracle", "."], cwd=folder, check=True,
                   env={**os.environ, "CGO_ENABLED": "0"})
    return folder / "oracle"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutants", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--oracle", help="oracle.go, built before")
    # `bazel run` starts programs among their data.
    parser.add_argument("--reader", default="e2e/dockerfile/reader")
    parser.add_argument("--keep", help="a folder to leave the Dockerfiles in")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        oracle = args.oracle or build_oracle(scratch)
        folder = pathlib.Path(args.keep or scratch / "files")
        folder.mkdir(parents=True, exist_ok=True)
        seeds = (HERE / "seeds.txt").read_text().split("----\n")
        rng = random.Random(args.seed)
        texts = seeds + [mutate(rng.choice(seeds), rng)
                         for _ in range(args.mutants)]
        paths = []
        for number, text in enumerate(texts):
            path = folder / f"{number}.Dockerfile"
            path.write_text(text)
            paths.append(path)
        theirs = judge([str(oracle)], paths)
        ours = judge([args.reader], paths)
    counts = collections.Counter()
    for path, text, their, our in zip(paths, texts, theirs, ours):
        verdict = ("same" if (their == "ok") == (our == "ok") else
                   "LAXER" if our == "ok" else "FALSE")
        counts[verdict, their == "ok"] += 1
        if verdict != "same":
            print(f"{verdict} {path.name}\n  BuildKit: {their}\n"
                  f"  Ovenbird: {our}\n{text}\n")
    print(f"{len(seeds)} seeds, {args.mutants} mutants: "
          f"{counts['same', True]} accepted and {counts['same', False]} "
          f"rejected by both, {counts['LAXER', False]} by BuildKit only, "
          f"{counts['FALSE', True]} by Ovenbird only")
    sys.exit(counts["LAXER", False] + counts["FALSE", True] > 0)


if __name__ == "__main__":
    main()
