#!/usr/bin/env -S python3 -B
"""Fails if a change of the schema breaks files or programs of users: ./bazelw run //tools:schema_breaking

Compares schema/*.interface.txt, which are generated from schema/*.proto, with those of the last release: of the
newest tag v* of git, or of schema/released/ while there is no tag that has them. Prints a line for each change
that refuses what the release accepts, or changes what it means; of output, one that a program which reads it could
notice: a field that is gone, or no longer always there. The categories are those of `buf breaking`.

  schema_breaking.py             compares
  schema_breaking.py --refresh   makes today's schema the released one: before the first tag

An intended break is listed in schema/breaks.txt, "CATEGORY: NAME  # REASON"; a line without a use is an error, too.
"""

import json
import os
import subprocess
import sys

FILES = (
    "schema/config.interface.txt",
    "schema/diagnostics.interface.txt",
    "schema/event.interface.txt",
    "schema/result.interface.txt",
)
RELEASED = "schema/released"
ALLOWED = "schema/breaks.txt"
# Types that accept every value of another one.
WIDER = {("integer", "number"), ("integer", "string"), ("number", "string"), ("boolean", "string"), ("enum", "string")}


def read(texts):
    """Returns the entries of the files by (kind, name), such as ("option", "images.*.image")."""
    entries = {}
    for text in texts:
        for line in text.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            entry = json.loads(line)
            kind = next(iter(entry))
            entries[kind, entry[kind]] = entry
    return entries


def parent_of(name):
    """Returns the option that an option is inside of, "images" for "images.*.tags"; empty at the top."""
    parent = name.rpartition(".")[0]
    for suffix in ("[*]", ".*"):
        if parent.endswith(suffix):
            parent = parent[: -len(suffix)]
    return parent


def is_new_object(old, name):
    """Whether the option is in an object that the release does not have: its files cannot contain it."""
    parent = parent_of(name)
    return bool(parent) and ("option", parent) not in old


def narrowed_bounds(before, now):
    """Yields what of the bounds is narrower."""
    for key in ("minimum", "minimum size"):
        if key in now and now[key] > before.get(key, float("-inf")):
            yield "%s %s, was %s" % (key, now[key], before.get(key, "unlimited"))
    for key in ("maximum", "maximum size"):
        if key in now and now[key] < before.get(key, float("inf")):
            yield "%s %s, was %s" % (key, now[key], before.get(key, "unlimited"))


def option_breaks(before, now):
    """Yields (category, what changed) of one option that both have."""
    if before["type"] != now["type"] and (before["type"], now["type"]) not in WIDER:
        yield "changed type", "%s, was %s" % (now["type"], before["type"])
    if "values" in now:
        gone = [value for value in before.get("values", ()) if value not in now["values"]]
        if gone:
            yield "narrowed enum", "without %s" % ", ".join(gone)
    if now.get("required") and not before.get("required"):
        yield "new required", "was optional"
    if before.get("default") != now.get("default"):
        yield "changed default", "%s, was %s" % (now.get("default", "none"), before.get("default", "none"))
    for key in ("pattern", "key pattern"):
        # Nobody can tell whether another pattern accepts all that the old one did.
        if key in now and now[key] != before.get(key):
            yield "narrowed pattern", "%s %s, was %s" % (key, now[key], before.get(key, "none"))
    for text in narrowed_bounds(before, now):
        yield "narrowed range", text
    if now.get("unique") and now["unique"] != before.get("unique"):
        yield "narrowed range", "items must be unique"
    for key, text in (("empty is unset", "an empty string counts"), ("null items", "items cannot be null")):
        if before.get(key) and not now.get(key):
            yield "narrowed range", text


def output_breaks(before, now):
    """Yields (category, what changed) of one field of output that both have."""
    if before["type"] != now["type"] and (now["type"], before["type"]) not in WIDER:
        yield "changed type", "%s, was %s" % (now["type"], before["type"])
    if before.get("required") and not now.get("required"):
        yield "no longer required", "was always there"
    # A program may know a pattern, and compare with a fixed number.
    for key in ("pattern", "key pattern", "minimum", "maximum"):
        if key in before and now.get(key) != before[key]:
            yield "changed value", "%s %s, was %s" % (key, now.get(key, "none"), before[key])
    gone = [value for value in before.get("values", ()) if value not in now.get("values", ())]
    if gone:
        yield "narrowed enum", "without %s" % ", ".join(gone)


def breaks(old, new):
    """Returns (category, name, what changed) of each change from `old` to `new` that breaks files, sorted by name."""
    found = []
    for (kind, name), before in old.items():
        now = new.get((kind, name))
        if kind == "option" and now is None:
            # The options of a removed object are gone with it.
            parent = parent_of(name)
            if not parent or ("option", parent) in new:
                found.append(("removed field", name, "the release has it"))
        elif kind == "message" and now is None:
            found.append(("removed message", name, "users refer to it in suppressions"))
        elif kind == "field" and now is None:
            if ("field", parent_of(name)) in new or "." not in parent_of(name):
                found.append(("removed field", name, "programs may read it"))
        elif kind == "field":
            found += [(category, name, text) for category, text in output_breaks(before, now)]
        elif kind == "option":
            found += [(category, name, text) for category, text in option_breaks(before, now)]
    for (kind, name), now in new.items():
        before = old.get((kind, name))
        if kind == "option" and before is None and now.get("required") and not is_new_object(old, name):
            found.append(("new required", name, "the release does not have it"))
        if kind == "object" and not is_new_object(old, name + "."):
            known = (before or {}).get("rules", ())
            found += [("new required", name, rule) for rule in now["rules"] if rule not in known]
    return sorted(found, key=lambda one: (one[1], one[0]))


def read_allowed(text):
    """Returns the intended breaks, (category, name)."""
    allowed = set()
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            category, _, name = line.partition("  # ")[0].strip().partition(": ")
            allowed.add((category, name))
    return allowed


def report(found, allowed, release):
    """Returns the lines to print: breaks that are not intended, and intended ones that are none."""
    lines = [
        "%s: `%s`: %s (compared with %s)" % (category, name, text, release)
        for category, name, text in found
        if (category, name) not in allowed
    ]
    used = {(category, name) for category, name, _ in found}
    lines += ["%s: no such break: remove `%s: %s`" % (ALLOWED, *one) for one in sorted(allowed - used)]
    return lines


def read_file(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def git(*words):
    """Returns the output of git, or None if it fails."""
    done = subprocess.run(("git",) + words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode() if done.returncode == 0 else None


def released():
    """Returns (the name of the last release, its files)."""
    tag = git("describe", "--tags", "--abbrev=0", "--match", "v*")
    if tag:
        texts = [git("show", "%s:%s" % (tag.strip(), path)) for path in FILES]
        if any(texts):
            # It may be older than one of the files.
            return tag.strip(), [text or "" for text in texts]
    return RELEASED, [read_file(os.path.join(RELEASED, os.path.basename(path))) for path in FILES]


def refresh():
    os.makedirs(RELEASED, exist_ok=True)
    for path in FILES:
        target = os.path.join(RELEASED, os.path.basename(path))
        with open(target, "w", encoding="utf-8") as stream:
            stream.write(read_file(path))
        print("wrote " + target)


def main(arguments):
    os.chdir(os.environ.get("BUILD_WORKSPACE_DIRECTORY", "."))
    if arguments == ["--refresh"]:
        refresh()
        return 0
    if arguments:
        print("usage: schema_breaking.py [--refresh]", file=sys.stderr)
        return 2
    release, texts = released()
    old = read(texts)
    new = read([read_file(path) for path in FILES])
    if not old or not new:
        print("no schema to compare: run tools/update.sh, or schema_breaking.py --refresh", file=sys.stderr)
        return 1
    lines = report(breaks(old, new), read_allowed(read_file(ALLOWED)), release)
    print("\n".join(lines) or "%d options and messages, nothing breaks files for %s" % (len(new), release))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
