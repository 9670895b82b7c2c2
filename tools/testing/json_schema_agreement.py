"""The JSON Schema that editors use says of each config in testdata/config what Ovenbird says of it.

Usage: json_schema_agreement.py config.schema.json testdata/config

A config is fine for both or wrong for both. What only Ovenbird can see (two images of one name, a mount over /context,
variables, YAML's own errors) is left out by the ids of its messages.
"""

import json
import os
import re
import sys

import jsonschema
import yaml

# Messages about what a JSON Schema can express.
VISIBLE = {
    "bad-format",
    "bad-key",
    "empty-key",
    "image-with-digest",
    "image-with-tag",
    "later-field",
    "misplaced-field",
    "missing-companion",
    "missing-field",
    "none-of",
    "null-value",
    "other-tools-file",
    "out-of-range",
    "several-of",
    "unknown-field",
    "unknown-value",
    "wrong-size",
    "wrong-type",
}

# Messages about the text or the layout of a file: it never becomes a value to hold against the schema.
UNREADABLE = {
    "alias-bomb",
    "alias-loop",
    "bad-merge",
    "duplicate-key",
    "empty-config",
    "key-not-scalar",
    "newer-version",
    "several-documents",
    "unknown-alias",
    "unknown-tag",
    "unquoted-variable",
    "yaml-control-character",
    "yaml-not-utf8",
    "yaml-syntax",
    "yaml-tab",
    "yaml-too-deep",
}

# Cases where the two differ, with the reason. One that agrees again has to leave this list.
KNOWN_DIFFERENCES = {
    "durations-3": "a duration's bounds are no pattern",
    "hook-command-line": "a warning, and only where the words look like those of a shell",
    "security-profiles": "localhostProfile is needed with one value of type only",
    "security-that-kaniko-cannot-run-with": "only certain values exclude each other",
    "timeouts": "a duration's bounds are no pattern",
}


class Loader(yaml.SafeLoader):
    """YAML 1.1 as the config's readers take it: dates stay strings, y and n are booleans."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^[yYnN]$"), list("yYnN"))
Loader.bool_values = dict(yaml.SafeLoader.bool_values, y=True, n=False)
# 1e6 is a number in YAML 1.1 in every reader but PyYAML.
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789"))


def text_keys(value):
    """Turns keys into strings, as in JSON."""
    if isinstance(value, dict):
        return {k if isinstance(k, str) else "" if k is None else str(k): text_keys(v) for k, v in value.items()}
    if isinstance(value, list):
        return [text_keys(v) for v in value]
    return value


def read(path):
    """Nothing for a file that is not there."""
    if not os.path.exists(path):
        return b""
    with open(path, "rb") as file:
        return file.read()


def ids_of(text):
    return {i.decode() for i in re.findall(rb"^in\.yaml\S*: .*\[([a-z0-9-]+)\]$", text, re.M)}


def compare(validator, folder):
    """None when the two agree or the case is not for a schema; else what they say."""
    case = read(os.path.join(folder, "case.txt"))
    if re.search(rb"^profile ", case, re.M):
        return None
    ids = ids_of(read(os.path.join(folder, "want.diag")))
    source = read(os.path.join(folder, "in.yaml"))
    if ids & UNREADABLE or re.search(rb"^version: v1(alpha|beta[1-7]\b)", source, re.M):
        return None
    # A schema cannot check a value that comes from a variable.
    if ids and (b"${" in source or re.search(rb"^(var|env) ", case, re.M)):
        return None
    errors = [e.message for e in validator.iter_errors(text_keys(yaml.load(source, Loader)))]
    wrong = sorted(ids & VISIBLE)
    if bool(errors) == bool(wrong):
        return None
    return "Ovenbird says %s, the schema says %s" % (wrong or "it is fine", errors[:3] or "it is fine")


def main(schema_path, corpus):
    schema = json.load(open(schema_path, encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failures = 0
    compared = 0
    for name in sorted(os.listdir(corpus)):
        folder = os.path.join(corpus, name)
        if not os.path.isdir(folder):
            continue
        compared += 1
        difference = compare(validator, folder)
        if difference and name not in KNOWN_DIFFERENCES:
            print("%s: %s" % (name, difference))
            failures += 1
        if not difference and name in KNOWN_DIFFERENCES:
            print("%s: agrees now; take it out of KNOWN_DIFFERENCES" % name)
            failures += 1
    if compared < 50:
        print("only %d cases in %s" % (compared, corpus))
        failures += 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
