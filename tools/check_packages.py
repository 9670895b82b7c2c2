#!/usr/bin/env python3
"""Checks the dependencies between packages: check_packages.py [GRAPH].

GRAPH is the output of `bazel query --output=graph` for the rules that are not tests; without it this asks
bazel. Fails if packages of runtime/ and codegen/ depend on each other in a circle, or if a dependency is one that
tools/packages.txt forbids. Prints the targets on the way; exits with code 1 if it finds any.
"""

import collections
import os
import re
import subprocess
import sys

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "packages.txt")
# Bazel's graph has all edges only of what deps() has visited.
QUERY = (
    "let all = //runtime/... + //codegen/... + //tools/... in "
    "deps($all) intersect ($all except tests($all) except attr(testonly, 1, $all))"
)
EDGE = re.compile(r'"(//[^"]*)" -> "(//[^"]*)"')
CIRCLES = ("runtime", "codegen")

Rule = collections.namedtuple("Rule", "user used why")


def read_table(path):
    """Returns the table's Rules."""
    with open(path) as stream:
        lines = [line for line in stream if line.strip() and not line.startswith("#")]
    return [Rule(*(part.strip() for part in line.split("|"))) for line in lines]


def read_graph(text):
    """Returns the targets that each target depends on."""
    graph = collections.defaultdict(list)
    for user, used in EDGE.findall(text):
        graph[user].append(used)
    return graph


def package_of(target):
    return target[2:].split(":")[0]


def is_in(package, folder):
    return package == folder or package.startswith(folder + "/")


def way(graph, start, is_goal):
    """Returns the nodes of a shortest way from one of `start` to one for which `is_goal` holds; None: there is none."""
    before = {node: None for node in start}
    left = collections.deque(start)
    while left:
        node = left.popleft()
        for following in graph.get(node, ()):
            if following not in before:
                before[following] = node
                left.append(following)
                if is_goal(following):
                    found = [following]
                    while before[found[-1]] is not None:
                        found.append(before[found[-1]])
                    return found[::-1]
    return None


def forbidden(graph, rules):
    for rule in rules:
        start = [target for target in list(graph) if is_in(package_of(target), rule.user)]
        found = way(graph, start, lambda target: is_in(package_of(target), rule.used) and target not in start)
        if found:
            yield "%s must not depend on %s (%s): %s" % (rule.user, rule.used, rule.why, " -> ".join(found))


def circles(graph):
    packages = collections.defaultdict(set)
    for user, targets in graph.items():
        for used in targets:
            ends = package_of(user), package_of(used)
            if ends[0] != ends[1] and all(any(is_in(end, folder) for folder in CIRCLES) for end in ends):
                packages[ends[0]].add(ends[1])
    seen = set()
    for package in sorted(packages):
        for used in sorted(packages[package]):
            back = [package] if used == package else way(packages, [used], lambda end: end == package)
            if back and frozenset(back) not in seen:
                seen.add(frozenset(back))
                yield "packages depend on each other: %s" % " -> ".join([package] + back)


def main():
    if len(sys.argv) > 1:
        with open(sys.argv[1]) as stream:
            text = stream.read()
    else:
        text = subprocess.run(
            ["./bazelw", "query", "--output=graph", "--nograph:factored", QUERY], check=True, stdout=subprocess.PIPE, text=True
        ).stdout
    graph, rules = read_graph(text), read_table(TABLE)
    found = list(forbidden(graph, rules)) + list(circles(graph))
    print("\n".join(found) or "%d targets, %d forbidden dependencies" % (len(graph), len(rules)))
    return 1 if found or not graph else 0


if __name__ == "__main__":
    sys.exit(main())
