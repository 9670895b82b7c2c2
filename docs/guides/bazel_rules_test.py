#!/usr/bin/env -S python3 -B
"""Compares the tables of bazel.md with the `doc` of the rules and of their attributes.

  docs/guides/bazel_rules_test.py --write    writes the rows anew
"""

import ast
import re
import sys
import unittest

PAGE = "docs/guides/bazel.md"
RULES = "bazel/project.bzl"
TYPES = {
    "label": "label",
    "label_list": "labels",
    "string": "string",
    "string_dict": "dictionary of strings",
    "string_list": "strings",
}


def read(path):
    with open(path) as stream:
        return stream.read()


def attributes_of(node, shared):
    """Returns the attributes of a `dict(...)`: those of _PROJECT, and its own."""
    inherited = node.args[0]
    left_out = set()
    if isinstance(inherited, ast.DictComp):
        left_out = set(ast.literal_eval(inherited.generators[0].ifs[0].comparators[0]))
    found = {name: value for name, value in shared.items() if name not in left_out}
    found.update({keyword.arg: keyword.value for keyword in node.keywords})
    return {name: value for name, value in found.items() if not name.startswith("_")}


def rules_of(source):
    """Returns for each rule its doc and its attributes. Starlark has the syntax of Python."""
    shared, rules = {}, {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign):
            continue
        name = node.targets[0].id
        if name == "_PROJECT":
            shared = {ast.literal_eval(key): value for key, value in zip(node.value.keys, node.value.values)}
        elif isinstance(node.value, ast.Call) and getattr(node.value.func, "id", "") == "rule":
            parts = {keyword.arg: keyword.value for keyword in node.value.keywords}
            rules[name] = (ast.literal_eval(parts["doc"]), attributes_of(parts["attrs"], shared))
    return dict(sorted(rules.items()))


def rows_of_rules(rules):
    return "".join("| `%s` | %s |\n" % (name, doc) for name, (doc, _) in rules.items())


def rows_of_attributes(rules):
    users, calls = {}, {}
    for rule, (_, attributes) in rules.items():
        for name, call in attributes.items():
            users.setdefault(name, []).append(rule[len("ovenbird_") :])
            calls[name] = call
    rows = []
    for name in sorted(calls, key=lambda name: (-len(users[name]), name)):
        parts = {keyword.arg: ast.literal_eval(keyword.value) for keyword in calls[name].keywords}
        of = "all" if len(users[name]) == len(rules) else ", ".join("`%s`" % user for user in users[name])
        default = "; the default is `%s`" % parts["default"] if parts.get("default") else ""
        doc = parts["doc"].rstrip(".") + default
        rows.append("| `%s` | %s | %s | %s |\n" % (name, TYPES[calls[name].func.attr], of, doc))
    return "".join(rows)


def written(page):
    """Returns the page with rows that are made anew."""
    rules = rules_of(read(RULES))
    for table, rows in [("rules", rows_of_rules(rules)), ("attributes", rows_of_attributes(rules))]:
        start = r"(<!-- %s of %s -->\n\|.*\n\|.*\n)(?:\|.*\n)*" % (table, re.escape(RULES))
        page = re.sub(start, lambda match, rows=rows: match.group(1) + rows, page)
    return page


class BazelRules(unittest.TestCase):
    maxDiff = None

    def test_every_attribute_says_what_it_is(self):
        rules = rules_of(read(RULES))
        self.assertIn("ovenbird_push", rules)
        for rule, (doc, attributes) in rules.items():
            self.assertTrue(doc, rule)
            for name, call in attributes.items():
                self.assertIn("doc", [keyword.arg for keyword in call.keywords], name)

    def test_the_tables_are_those_of_the_rules(self):
        page = read(PAGE)
        self.assertEqual(page.count(" of %s -->" % RULES), 2)
        self.assertEqual(written(page), page, "run " + __file__.split("/")[-1] + " --write")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        text = written(read(PAGE))
        with open(PAGE, "w") as stream:
            stream.write(text)
    else:
        unittest.main()
