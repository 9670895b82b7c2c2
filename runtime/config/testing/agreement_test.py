"""The JSON Schemas accept what the generated decoders accept, and nothing else.

Usage: agreement_test.py GAPS CORPUS_BINARY SCHEMA_NAME=SCHEMA_FILE... -- FILE...

GAPS lists (NAME  # REASON) documents about which the two may differ, each with the reason; one
that no longer differs has to be taken out of it.
"""

import json
import subprocess
import sys

import jsonschema


def has_variable(value):
    """The decoders see values in their place, the schema the file as it is written."""
    if isinstance(value, dict):
        return any(has_variable(item) for item in value.values())
    if isinstance(value, list):
        return any(has_variable(item) for item in value)
    return isinstance(value, str) and "${" in value


def main(argv):
    gaps_file, corpus = argv[:2]
    split = argv.index("--")
    validators = {}
    for pair in argv[2:split]:
        name, path = pair.split("=", 1)
        with open(path, encoding="utf-8") as file:
            schema = json.load(file)
        jsonschema.Draft7Validator.check_schema(schema)
        validators[name] = jsonschema.Draft7Validator(schema)
    gaps = {}
    with open(gaps_file, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                name, _, reason = line.strip().partition("  # ")
                gaps[name] = reason
    lines = subprocess.run(
        [corpus, "config"] + argv[split + 1 :],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout.decode().splitlines()

    failures = []
    accepted = 0
    for line in lines:
        case = json.loads(line)
        errors = list(validators[case["schema"]].iter_errors(case["document"]))
        accepted += case["accepted"]
        if not case["accepted"] and has_variable(case["document"]):
            continue
        if case["accepted"] == (not errors):
            if case["name"] in gaps:
                failures.append("%s: no gap any more" % case["name"])
        elif case["name"] not in gaps:
            failures.append("%s: the decoder %s, the JSON Schema %s" % (
                case["name"],
                "accepts it" if case["accepted"] else "refuses it",
                "accepts it" if not errors else "says: " + errors[0].message[:300],
            ))
    print("%d documents, %d accepted, %d known gaps" % (len(lines), accepted, len(gaps)))
    if not 0 < accepted < len(lines):
        failures.append("the corpus needs documents of both kinds")
    for failure in failures:
        print("FAIL " + failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
