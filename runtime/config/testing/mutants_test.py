"""The JSON Schemas accept of mutated documents what the generated decoders accept.

Usage: mutants_test.py CORPUS_BINARY SCHEMA_NAME=SCHEMA_FILE... -- FILE...

The documents of FILEs that both accept are reduced to one value and what the schema needs next to it. Each value is
replaced by values of every type and by edits of itself, each key of a map by edits of itself, and keys are removed,
renamed and added. GAPS lists the kinds of documents about which the two may differ.
"""

import copy
import json
import random
import re
import subprocess
import sys
import tempfile

import jsonschema

RANDOM = random.Random(1)
# For every field: other types, and spellings that YAML has for them.
PLAIN = ["~", "true", "false", "yes", "0", "1", "-1", "12", "1.5", "-1.5", "512", "2147483648", "[]", "{}", "[a]", "{a: b}", "[[a]]"]
STRINGS = [
    "", " ", "a", "A", "a-b", "a-", "-a", "a.b", "a..b", ".a", "a.", "a_b", "a__b", "a___b", "a/b", "/a", "a/", "a//b",
    "/a/../b", "/a/b", "../a", "a/..", ".", "..", "...", "a:b", "/a:b", "a b", "a,b", "a\u00e9", "John/app", "john/App",
    "LOCALHOST/app", "Reg:5000/app", "reg.example.com:5000/team/app", "reg.example.com/a.b_c", "a.b_c/app", "[::1]:5000/a",
    "[ab]/c", "john/app:v1", "john/app@sha256:" + 64 * "0", "john/app@sha256:0", 64 * "a", 63 * "a", 128 * "a", 129 * "a",
    253 * "a", 254 * "a", "a." * 126 + "a", "a." * 127 + "a", "500m", "1Gi", "1GB", "1e3", "-1", "1.", ".5", "30s", "1h30m",
    "1d", "30", "-1h", "linux/amd64", "linux/arm/v7", "linux/amd65", "Linux/amd64", "windows/amd64", "example.com/a",
    "Example.com/a", "a/b/c", "1A", ".dockerconfigjson", "..a", "CHOWN", "CAP_CHOWN", "metadata.name", "https://a.b/c",
]  # fmt: skip


class Plain(str):
    """A value in the spelling of YAML."""


def yaml_of(value):
    """Returns a value as YAML on one line."""
    if isinstance(value, Plain):
        return str(value)
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (yaml_of(key), yaml_of(item)) for key, item in value.items())
    if isinstance(value, list):
        return "[%s]" % ", ".join(map(yaml_of, value))
    return json.dumps(value, ensure_ascii=False)


def paths(value, path=()):
    """Yields the path of each value below this one."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield path + (key,)
        yield from paths(value[key], path + (key,))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def shape(schema, document, path):
    """Returns the path with `*` for the keys of maps and the indices of lists."""
    steps = []
    node = [schema]
    for key in path:
        node = [part for one in node for part in branches(schema, one)]
        named = [one["properties"][key] for one in node if key in one.get("properties", {})]
        rest = [one[word] for one in node for word in ("additionalProperties", "items") if isinstance(one.get(word), dict)]
        steps.append(key if named else "*")
        node = named or rest
    return tuple(steps)


def branches(schema, node):
    """Yields a schema and those that apply together with it."""
    yield node
    if "$ref" in node:
        yield from branches(schema, schema["definitions"][node["$ref"].split("/")[-1]])
    for one in node.get("allOf", []):
        yield from branches(schema, one)


def reduced(validator, document, path):
    """Returns the document with this value and little more, still accepted."""
    document = copy.deepcopy(document)
    for depth, key in enumerate(path):
        parent = at(document, path[:depth])
        if not isinstance(parent, dict):
            continue
        others = {name: parent.pop(name) for name in list(parent) if name != key}
        if validator.is_valid(document):
            continue
        for name in others:
            kept = dict(parent)
            parent.clear()
            parent.update(others)
            parent.update(kept)
            others = {other: item for other, item in others.items() if other != name}
            removed = parent.pop(name)
            if not validator.is_valid(document):
                parent[name] = removed
    return document


def edits(text):
    """Yields small edits of a string."""
    for _ in range(12):
        at_ = RANDOM.randrange(len(text) + 1)
        piece = RANDOM.choice(["", "-", ".", "_", "/", ":", "@", " ", "A", "a", "0", "\u00e9", "..", "//", "~", "$", "=", "\\"])
        yield text[:at_] + piece + text[at_ + RANDOM.randrange(3) :]


def replaced(document, path, value):
    document = copy.deepcopy(document)
    at(document, path[:-1])[path[-1]] = value
    return document


def without(document, path):
    document = copy.deepcopy(document)
    del at(document, path[:-1])[path[-1]]
    return document


def renamed(document, path, key):
    document = copy.deepcopy(document)
    parent = at(document, path[:-1])
    parent[key] = parent.pop(path[-1])
    return document


def mutants(document, path):
    """Yields the mutants of the value at this path."""
    value = at(document, path)
    parent = at(document, path[:-1])
    for text in PLAIN:
        yield replaced(document, path, Plain(text))
    if not isinstance(value, (dict, list)):
        for text in STRINGS + list(edits(str(value))):
            yield replaced(document, path, text)
    if isinstance(value, list) and value:
        yield replaced(document, path, value + value)
        yield replaced(document, path, value + [None])
    yield without(document, path)
    if isinstance(parent, dict):
        for key in ["", path[-1] + "x", path[-1].upper(), 64 * "k", 254 * "k" + "/k"] + list(edits(path[-1])):
            if key not in parent:
                yield renamed(document, path, key)
    else:
        yield replaced(document, path[:-1], parent + [value])


# Where the two may differ: a test of the document, of the messages' ids and of the decoder's verdict.
def any_value(document, wanted):
    return wanted(document) or any(wanted(at(document, path)) for path in paths(document))


def has_error(case, ident):
    return any(error.startswith(ident + ": ") for error in case["errors"])


def is_large_mode(case):
    return all(re.search("of `(defaultMode|mode)` is out of range", error) for error in case["errors"])


def has_number(case, fields, fits):
    document = case["document"]
    values = [at(document, path) for path in paths(document) if path[-1] in fields]
    return any(isinstance(value, (int, float)) and fits(value) for value in values)


def is_quoted_word(case):
    return all(re.match("wrong-type: .* is the string `", error) for error in case["errors"])


# What the two may say differently, with the reason.
GAPS = {
    "JSON Schema cannot compare one key of the items": lambda case: has_error(case, "duplicate-item"),
    "0644 is the number 644 in YAML 1.2": lambda case: not case["accepted"] and is_large_mode(case),
    "a plain No is this string in YAML 1.2": lambda case: not case["accepted"] and is_quoted_word(case),
    "the number 0 is the only one that is a duration": lambda case: case["accepted"]
    and has_number(case, ("timeout", "duration"), lambda value: value == 0),
    "-1 is the name of a variable, and 1 is not": lambda case: case["accepted"]
    and has_number(case, ("envName",), lambda value: value < 0),
}


def decoded(corpus, documents):
    """Returns what the decoder says of each document."""
    with tempfile.NamedTemporaryFile("w", suffix=".lines", encoding="utf-8") as lines:
        for schema, document in documents:
            lines.write("%s %s\n" % (schema, yaml_of(document)))
        lines.flush()
        out = subprocess.run([corpus, "config", lines.name], check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(line) for line in out.decode().splitlines()]


def has_variable(value):
    return any_value(value, lambda one: isinstance(one, str) and "${" in one)


def seeds(corpus, validators, files):
    """Yields one reduced document for each kind of value: (schema, document, path)."""
    known = set()
    out = subprocess.run([corpus, "config"] + files, check=True, stdout=subprocess.PIPE).stdout
    for line in out.decode().splitlines():
        case = json.loads(line)
        name, document = case["schema"], case["document"]
        validator = validators[name]
        if not case["accepted"] or has_variable(document) or not validator.is_valid(document):
            continue
        for path in paths(document):
            kind = (name, shape(validator.schema, document, path), type(at(document, path)))
            if kind not in known:
                known.add(kind)
                yield name, reduced(validator, document, path), path


def check_pattern(validator, pattern, instance, schema):
    """`$` is the end of the string, as in JavaScript, and not also before a last newline."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$(?=[)|]|$)", r"\\Z", pattern), instance):
        yield jsonschema.ValidationError("%r does not match %r" % (instance, pattern))


Validator = jsonschema.validators.extend(jsonschema.Draft7Validator, {"pattern": check_pattern})


def main(argv):
    corpus, split = argv[0], argv.index("--")
    validators = {}
    for pair in argv[1:split]:
        name, path = pair.split("=", 1)
        with open(path, encoding="utf-8") as file:
            validators[name] = Validator(json.load(file))
    documents, seen = [], set()
    for name, document, path in seeds(corpus, validators, argv[split + 1 :]):
        for mutant in mutants(document, path):
            text = yaml_of(mutant)
            if (name, text) not in seen:
                seen.add((name, text))
                documents.append((name, mutant))
    failures, accepted, gaps = [], 0, dict.fromkeys(GAPS, 0)
    cases = decoded(corpus, documents)
    for case in cases:
        accepted += case["accepted"]
        errors = next(validators[case["schema"]].iter_errors(case["document"]), None)
        if case["accepted"] == (errors is None):
            continue
        gap = next((reason for reason, fits in GAPS.items() if fits(case)), None)
        if gap is not None:
            gaps[gap] += 1
            continue
        failures.append("%s: the decoder %s, the JSON Schema says: %s" % (
            case["name"], "accepts it" if case["accepted"] else "says " + "; ".join(case["errors"]), errors.message[:200] if errors else "fine"))
    print("%d documents, %d accepted" % (len(cases), accepted))
    for failure in failures[:60]:
        print("FAIL " + failure[:700])
    print("%d failures" % len(failures))
    for reason, count in gaps.items():
        print("%d times: %s" % (count, reason))
    failures += ["never needed: " + reason for reason, count in gaps.items() if count == 0]
    if not 1000 < accepted < len(cases) - 1000:
        print("FAIL the mutants must be of both kinds")
        return 1
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
