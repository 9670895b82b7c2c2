#!/usr/bin/env -S /usr/bin/python3 -B
"""Checks JSON with a JSON Schema: check_json.py [--lines] SCHEMA FILE; FILE - is standard input.

With --lines each line is a document. Prints a line for each error; the exit code is 1 if there are any.

Debian's own Python: python3-jsonschema is installed for it.
"""

import json
import sys

import jsonschema


def errors_of(schema, documents):
    """Yields a line for each error."""
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for number, document in enumerate(documents, 1):
        for error in validator.iter_errors(document):
            path = "/".join(str(part) for part in error.absolute_path)
            yield "%d: /%s: %s" % (number, path, error.message[:300])


def main(arguments):
    lines = arguments[:1] == ["--lines"]
    schema_file, file = arguments[lines:]
    with open(schema_file, encoding="utf-8") as stream:
        schema = json.load(stream)
    with open(0 if file == "-" else file, encoding="utf-8") as stream:
        text = stream.read()
    documents = [json.loads(one) for one in (text.splitlines() if lines else [text])]
    found = list(errors_of(schema, documents))
    print("\n".join(found) or "%d documents are as %s says" % (len(documents), schema_file))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
