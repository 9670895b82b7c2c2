#!/usr/bin/env -S python3 -B
"""Adds to the page of each message an example: the wrong file, what the tool prints, and the corrected file.

Usage: message_pages.py PAGES EXAMPLES OVENBIRD OUT

PAGES has the pages that the catalogue's generator writes, EXAMPLES a file ID.txt for each message:

  --- run validate --profile p       the command, by default `validate`
  --- devspace.yaml                  a file of the project, up to the next line that starts with `---`
  --- escaped devspace.yaml          the same, with bytes such as \\x1b
  --- corrected devspace.yaml        the same file, corrected
  --- corrected run validate         another command, where the command was wrong

A missing devspace.yaml is the example of the catalogue, or PROJECT if it has none. Without a corrected part
`validate --fix=all` corrects the files. Fails if the tool does not report the message, if it reports it or another one
of the corrected files, or if a message has no example and is not in WITHOUT.
"""

import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile

WITHOUT = {
    "deprecated-field": "no option is deprecated today",
    "deprecated-value": "no value is deprecated today",
    "platform-elsewhere": "the message depends on the machine",
    "pull-secret-content": "only a cluster has the Secret",
    "pull-secret-helper": "only a cluster has the Secret",
    "pull-secret-missing": "only a cluster has the Secret",
    "pull-secret-without-key": "only a cluster has the Secret",
    "rejected-by-cluster": "only a cluster reports it",
}
PROJECT = """images:
  app:
    image: registry.example.com/app
    build:
      kaniko:
        image: ghcr.io/osscontainertools/kaniko:v1.28.3
"""
DOCKERFILE = "FROM busybox:1.36\n"
SOURCE = "schema/diagnostics.proto. Do not edit: change the schema."
CATALOGUE_EXAMPLE = re.compile(r"\nFor example:\n\n```yaml\n(.*?)```\n", re.S)
# The first line of a message.
HEADER = re.compile(r"^(?:\S.*: )?(?:error|warning|note): .* \[([a-z0-9-]+)\]$", re.M)


class Example:
    """A project with a mistake, and its correction."""

    def __init__(self, text, of_catalogue):
        self.files, self.escaped, self.corrected = {}, set(), {}
        self.command = self.corrected_command = "validate"
        for part in re.split(r"^--- ", text, flags=re.M)[1:]:
            head, _, body = part.partition("\n")
            words = head.split()
            right = words[0] == "corrected"
            words = words[right:]
            if words[0] == "run":
                self.corrected_command = " ".join(words[1:])
                self.command = self.command if right else self.corrected_command
            elif words[0] == "escaped":
                self.files[words[1]] = body
                self.escaped.add(words[1])
            else:
                (self.corrected if right else self.files)[words[0]] = body
        self.shown = list(self.files)
        if of_catalogue and "devspace.yaml" not in self.files:
            self.files["devspace.yaml"] = of_catalogue
            self.shown.insert(0, "devspace.yaml")
        self.files.setdefault("devspace.yaml", PROJECT)
        self.files.setdefault("Dockerfile", DOCKERFILE)

    def bytes_of(self, name):
        text = self.files[name].encode()
        if name not in self.escaped:
            return text
        return re.sub(rb"\\x([0-9a-f]{2})", lambda code: bytes.fromhex(code.group(1).decode()), text)


class Project:
    """A folder with the files of an example."""

    def __init__(self, ovenbird, example):
        self.ovenbird = ovenbird
        self.top = tempfile.mkdtemp()
        self.folder = os.path.join(self.top, "project")
        for name in example.files:
            self.write(name, example.bytes_of(name))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.top)

    def write(self, name, content):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(content)

    def run(self, command):
        """Returns the exit code and what is on standard error."""
        done = subprocess.run(
            [self.ovenbird] + command.split(),
            cwd=self.folder,
            env={"HOME": self.top, "KUBECONFIG": "/dev/null", "PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        return done.returncode, done.stderr.decode(errors="replace")


def ids_in(errors):
    """Returns the ids of the messages."""
    return set(HEADER.findall(errors))


def fence(name, text):
    kind = "yaml" if name.endswith(".yaml") else "dockerfile" if name.lower().endswith("dockerfile") else "text"
    return "`%s`:\n\n```%s\n%s```\n\n" % (name, kind, text)


def correct(project, example):
    """Corrects the files of the project; returns them as text."""
    corrected = dict(example.corrected)
    if not corrected and example.corrected_command == example.command:
        project.run("validate --fix=all")
        for name in example.files:
            with open(os.path.join(project.folder, name), encoding="utf-8") as stream:
                text = stream.read()
            if text != example.files[name]:
                corrected[name] = text
    for name, text in corrected.items():
        project.write(name, text.encode())
    return corrected


def section(ident, example, ovenbird):
    """Returns the example in Markdown; raises ValueError if the tool does not agree."""
    with Project(ovenbird, example) as project:
        _, errors = project.run(example.command)
        wrong = ids_in(errors)
        if ident not in wrong:
            raise ValueError("the example gives %s" % sorted(wrong))
        if project.top in errors:
            raise ValueError("the output names a folder of this machine")
        corrected = correct(project, example)
        if not corrected and example.corrected_command == example.command:
            raise ValueError("nothing corrects the example")
        code, right = project.run(example.corrected_command)
        right = ids_in(right)
        if code != 0 or ident in right or right - wrong:
            raise ValueError("the corrected files give %s, exit code %d" % (sorted(right), code))
    out = "\n## Example\n\n" + "".join(fence(name, example.files[name]) for name in example.shown)
    out += "```console\n$ ovenbird %s\n%s```\n\n## Corrected\n\n" % (example.command, errors)
    out += "".join(fence(name, text) for name, text in corrected.items())
    if example.corrected_command != example.command and not corrected:
        out += "```console\n$ ovenbird %s\n```\n\n" % example.corrected_command
    return out[:-1]


def page_with_example(ident, page, examples, ovenbird):
    """Returns the page of a message with its example."""
    path = os.path.join(examples, ident + ".txt")
    found = CATALOGUE_EXAMPLE.search(page)
    if ident in WITHOUT:
        if os.path.exists(path) or found:
            raise ValueError("it has an example: remove it from WITHOUT")
        return page + "\nThis page has no example: %s.\n" % WITHOUT[ident]
    text = ""
    if os.path.exists(path):
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
    elif not found:
        raise ValueError("no example")
    example = Example(text, found and found.group(1))
    if text:
        page = page.replace(SOURCE, "%s and testdata/messages/%s.txt. Do not edit." % (SOURCE.split(". ")[0], ident))
    return CATALOGUE_EXAMPLE.sub("", page) + section(ident, example, ovenbird)


def problem_of(name, pages, examples, ovenbird, out):
    """Writes one page; returns what is wrong with its example, or None."""
    ident = name[: -len(".md")]
    with open(os.path.join(pages, name), encoding="utf-8") as stream:
        page = stream.read()
    problem = None
    try:
        if ident != "README":
            page = page_with_example(ident, page, examples, os.path.abspath(ovenbird))
    except ValueError as error:
        problem = "%s: %s" % (ident, error)
    with open(os.path.join(out, name), "w", encoding="utf-8") as stream:
        stream.write(page)
    return problem


def main(pages, examples, ovenbird, out):
    os.makedirs(out, exist_ok=True)
    names = sorted(os.listdir(pages))
    with concurrent.futures.ThreadPoolExecutor(max_workers=4) as pool:
        problems = list(pool.map(lambda name: problem_of(name, pages, examples, ovenbird, out), names))
    known = {name[: -len(".md")] for name in names}
    named = set(WITHOUT) | {name[: -len(".txt")] for name in os.listdir(examples) if name.endswith(".txt")}
    problems += ["%s: there is no such message" % ident for ident in sorted(named - known)]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
