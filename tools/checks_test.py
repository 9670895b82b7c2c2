#!/usr/bin/env -S python3 -B
"""Tests of the checks that tools/presubmit.sh runs."""

import os
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, "tools")

import check_contracts  # noqa: E402
import check_doors  # noqa: E402
import check_environment  # noqa: E402
import check_messages  # noqa: E402
import check_packages  # noqa: E402
import check_words  # noqa: E402
import coverage_by_folder  # noqa: E402


class Doors(unittest.TestCase):
    def test_includes(self):
        doors = check_doors.read_table("tools/doors.txt")
        for path, included, wrong in (
            ("runtime/yaml/parse.cc", "yaml-cpp/parser.h", ""),
            ("runtime/config/load.cc", "yaml-cpp/parser.h", "only runtime/yaml/"),
            ("runtime/base/json.cc", "json/value.h", ""),
            ("runtime/base/json_writer.cc", "json/value.h", "only runtime/base/json.cc"),
            ("runtime/cli/main.cc", "sys/stat.h", ""),
            ("runtime/cli/main.cc", "string", ""),
            ("runtime/cli/main.cc", "absl/status/status.h", ""),
            ("runtime/cli/main.cc", "runtime/net/http.h", ""),
            ("runtime/cli/main.cc", "archive_entry.h", "only runtime/context/"),
            ("runtime/net/http.cc", "curl/curl.h", "does not have"),
            ("runtime/net/http.cc", "zlib.h", "does not have"),
        ):
            with self.subTest(path=path, included=included):
                problem = check_doors.problem_of(path, included, doors) or ""
                self.assertIn(wrong, problem)
                self.assertEqual(bool(wrong), bool(problem))

    def test_a_file_is_read_to_its_end(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "a.cc")
            with open(path, "w") as stream:
                stream.write('#include <string>\n\n#include "json/value.h"\n')
            doors = check_doors.read_table("tools/doors.txt")
            self.assertEqual(1, len(list(check_doors.problems(path, doors))))


class Messages(unittest.TestCase):
    CATALOGUE = """
  UNKNOWN_FIELD = 1 [(schema.diagnostic) = {
  PULL_SECRET_MISSING = 148 [(schema.diagnostic) = {
"""

    def test_unused(self):
        for sources, found in (
            (["diag::UnknownField(span)", "return diag::PullSecretMissing({});"], []),
            (["diag::UnknownField(span)"], ["PullSecretMissing"]),
            (["diag::UnknownFields(a)", "diag::PullSecretMissing"], ["UnknownField"]),
            (["// diag::UnknownField\n  // diag::PullSecretMissing"], ["UnknownField", "PullSecretMissing"]),
            ([], ["UnknownField", "PullSecretMissing"]),
        ):
            with self.subTest(sources=sources):
                self.assertEqual(found, check_messages.unused(self.CATALOGUE, sources))

    def test_a_catalogue_without_messages_is_an_error(self):
        with tempfile.NamedTemporaryFile("w") as empty:
            self.assertEqual(1, check_messages.main(empty.name))


class Environment(unittest.TestCase):
    def test_sources(self):
        for text, names, is_indirect in (
            ('EnvironmentOrEmpty("HOME")', {"HOME"}, False),
            ('EnvironmentVariable(\n      "NO_COLOR")', {"NO_COLOR"}, False),
            ('options.getenv("KUBECONFIG")', {"KUBECONFIG"}, False),
            ("plan.environment = EnvironmentVariable;", set(), True),
            ("EnvironmentOrEmpty(name)", set(), True),
            ("// As getenv does.", set(), False),
            ('Set("NAME")', set(), False),
        ):
            with self.subTest(text=text):
                self.assertEqual(names, check_environment.names_in(text))
                self.assertEqual(is_indirect, check_environment.is_indirect(text))

    def test_the_page(self):
        page = "## Files\n\n| `A` | |\n\n## Environment variables\n\n| `BB`, `C_D`; `x` | `E` |\n\n## F\n"
        self.assertEqual({"BB", "C_D"}, check_environment.names_of_page(page))


HEADER = """// What is here.
#ifndef X
#define X
namespace ovenbird {

// A thing.
class Thing {
 public:
  explicit Thing(int size);
  // Returns the size in bytes.
  int size() const;
  int count() const { return count_; }
  // The name.
  std::string Name() const;
  void Bare();

 private:
  void Hidden();
};

struct Plain {
  int a;
};

// Reads a file; an error if there is none.
absl::StatusOr<std::string> Read(const std::string& path,
                                 int limit);
absl::Status Write(const std::string& path);

// As Read.
std::string Other();

inline int Body(int x) {
  if (x) {
    return 1;
  }
  return 2;
}

// Makes one.
Thing After();

}  // namespace ovenbird
#endif
"""


class Contracts(unittest.TestCase):
    def test_declarations(self):
        found = check_contracts.Reader("x.h", HEADER).read()
        self.assertEqual(
            [
                ("type", "Thing", True),
                ("function", "size", True),
                ("function", "Name", False),
                ("function", "Bare", False),
                ("type", "Plain", False),
                ("function", "Read", True),
                ("function", "Write", True),
                ("function", "Other", False),
                ("function", "Body", False),
                ("function", "After", True),
            ],
            [(one.kind, one.name, one.good) for one in found],
        )


class Packages(unittest.TestCase):
    RULES = [check_packages.Rule("runtime/kube", "runtime/registry", "because")]

    def problems(self, *edges):
        graph = check_packages.read_graph("".join('  "%s" -> "%s"\n' % edge for edge in edges))
        return list(check_packages.forbidden(graph, self.RULES)) + list(check_packages.circles(graph))

    def test_dependencies(self):
        kube, watch = "//runtime/kube:client", "//runtime/kube/watch:watch"
        net, registry, tool = "//runtime/net:http", "//runtime/registry:client", "//tools:ovenbird"
        for edges, wrong in (
            ([(kube, net), (registry, net)], []),
            ([(registry, kube)], []),
            ([(kube, registry)], ["runtime/registry (because): %s -> %s" % (kube, registry)]),
            ([(watch, registry)], ["runtime/registry (because): %s -> %s" % (watch, registry)]),
            ([(kube, tool), (tool, registry)], ["because): %s -> %s -> %s" % (kube, tool, registry)]),
            ([(net, "//runtime/net:url")], []),
            ([(net, kube), ("//runtime/kube:log", "//runtime/net:url")], ["other: runtime/kube -> runtime/net -> runtime/kube"]),
            (
                [("//codegen:a", net), (net, "//runtime/base:a"), ("//runtime/base:b", "//codegen:b")],
                ["other: codegen -> runtime/net -> runtime/base -> codegen"],
            ),
            ([("//tools:a", "//tools/docs:a"), ("//tools/docs:b", "//tools:b")], []),
        ):
            with self.subTest(edges=edges):
                found = self.problems(*edges)
                self.assertEqual(len(wrong), len(found), found)
                for one, want in zip(found, wrong):
                    self.assertIn(want, one)

    def test_the_table(self):
        for rule in check_packages.read_table("tools/packages.txt"):
            with self.subTest(rule=rule):
                self.assertTrue(all(rule))
                self.assertNotEqual(rule.user, rule.used)


REPORT = """SF:runtime/plan/plan.cc
DA:1,0
DA:2,3
LH:1
LF:2
end_of_record
SF:runtime/plan/plan.cc
DA:1,1
end_of_record
SF:runtime/plan/order.cc
DA:1,1
DA:7,0
end_of_record
SF:runtime/plan/plan_test.cc
DA:1,0
end_of_record
SF:runtime/net/testing/server.cc
DA:1,0
end_of_record
SF:runtime/kube/kube.gen.cc
DA:1,0
end_of_record
SF:tools/verb.cc
DA:1,0
end_of_record
SF:codegen/main.cc
DA:1,0
end_of_record
"""


class Coverage(unittest.TestCase):
    def test_folders(self):
        folders = coverage_by_folder.read_report(REPORT.splitlines())
        self.assertEqual({"runtime/plan": (3, 4), "codegen": (0, 1)}, folders)

    def test_the_table(self):
        rows = coverage_by_folder.table({"runtime/plan": coverage_by_folder.Lines(8, 10), "codegen": coverage_by_folder.Lines(1, 2)})
        self.assertEqual(
            [
                " 50.0 %       1 of      2 lines  codegen",
                " 80.0 %       8 of     10 lines  runtime/plan  below 90 %",
                " 75.0 %       9 of     12 lines  all",
            ],
            rows,
        )

    def test_an_empty_report(self):
        self.assertEqual({}, coverage_by_folder.read_report([]))


class Words(unittest.TestCase):
    def test_lines(self):
        for path, line, found in (
            ("a.md", "It can't be read.", ["can't"]),
            ("a.md", "It cannot be read.", []),
            ("a.md", "The executor passes over the flag, for ever.", ["for ever", "passes over"]),
            ("a.md", "`*` stands for any name.", ["stands for"]),
            ("a.md", "It understands forms; the time is over-long.", []),
            ("a.md", "somebody-elses is a name", []),
            ("a.md", "It is no longer used; it is no more than that.", []),
            ("a.md", "It is no number.", ["it is no "]),
            ("a.py", "mend = 1", ["mend"]),
            ("a.proto", "// Whom the whole number is for.", ["whom", "whole number"]),
            ("a.cc", "bool mend = at_once;", []),
            ("a.cc", "int mend = 1;  // To mend it.", ["mend"]),
            ("a.cc", 'Say("mend", mend, "at once");', ["at once", "mend"]),
            ("a.cc", 'Say("a \\" mend");', ["mend"]),
            ("a.cc", "// A person's besides.", ["besides"]),
        ):
            with self.subTest(line=line):
                problems = list(check_words.problems_of(path, [line + "\n"]))
                self.assertEqual(
                    sorted(found), sorted(p.split("`")[1].lower() for p in problems)
                )

    def test_files(self):
        for path, checked in (
            ("README.md", True),
            ("schema/config.proto", True),
            ("runtime/build/run.cc", True),
            ("runtime/build/run.h", True),
            ("testdata/yaml/a.yaml", False),
            ("docs/messages/bad-key.md", False),
            ("tools/check_words.py", False),
        ):
            with self.subTest(path=path):
                self.assertEqual(checked, check_words.is_checked(path))


if __name__ == "__main__":
    unittest.main()
