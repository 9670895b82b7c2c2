#include "runtime/dockerfile/run_text.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/parse.h"

namespace ovenbird::dockerfile {
namespace {

TEST(RunTextTest, ReadsHeredocsAsBuildKitDoes) {
  struct Case {
    const char* run;
    const char* shell;
    const char* commands;
    bool has_interpreter = false;
  };
  for (const Case& c : {
           Case{"true && false\n", "true && false", "true && false"},
           Case{"<<EOF\na\nb\nEOF\n", "a\nb\n", "a\nb\n"},
           Case{"<<-'EOF'\n\ta\n\tEOF\n", "a\n", "a\n"},
           Case{"<<EOF\n#!/usr/bin/env bash\na\nEOF\n",
                "#!/usr/bin/env bash\na\n", "#!/usr/bin/env bash\na\n", true},
           Case{"<<EOF\n#!/bin/sh -e\na\nEOF\n", "#!/bin/sh -e\na\n",
                "#!/bin/sh -e\na\n", true},
           // No commands of a shell.
           Case{"<<EOF\n#!/usr/bin/python3\nrm\nEOF\n",
                "#!/usr/bin/python3\nrm\n", "EOF", true},
           Case{"cat >f <<EOF\nrm\nEOF\n", "cat >f <<EOF\nrm\nEOF",
                "cat >f <<EOF\nrm\nEOF"},
           Case{"bash -e <<EOF\nrm\nEOF\n", "bash -e <<EOF\nrm\nEOF",
                "bash -e <<EOF\nrm\nEOF\nrm\n"},
           Case{"a <<A && b <<B\n1\nA\n2\nB\n", "a <<A && b <<B\n1\nA\n2\nB",
                "a <<A && b <<B\n1\nA\n2\nB"},
       }) {
    const SourceFile file("Dockerfile", absl::StrCat("FROM a\nRUN ", c.run));
    diag::Collector problems;
    const Dockerfile parsed = Parse(file, problems);
    ASSERT_EQ(parsed.stages.size(), 1u) << c.run;
    ASSERT_EQ(parsed.stages[0].instructions.size(), 1u) << c.run;
    const Instruction& run = parsed.stages[0].instructions[0];
    EXPECT_EQ(TextForShell(run), c.shell);
    EXPECT_EQ(CommandText(run), c.commands);
    EXPECT_EQ(HasInterpreter(run), c.has_interpreter) << c.run;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile
