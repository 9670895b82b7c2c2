// Whatever the bytes are: the parser ends, reports what it refuses, and gives
// instructions whose places are inside of the file; what works on them ends,
// too. A Dockerfile with another entrypoint is a Dockerfile that has it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/lint.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/dockerfile/rewrite.h"

namespace ovenbird::dockerfile {
namespace {

// A fuzzer takes an abort for a finding.
void Require(bool holds, absl::string_view what) {
  if (holds) return;
  std::cerr << "does not hold: " << what << "\n";
  std::abort();
}

void CheckSpan(Span span, const SourceFile& file) {
  Require(span.file == &file, "span has the file");
  Require(span.begin <= span.end, "span begins before it ends");
  Require(span.end <= file.text().size(), "span ends in the file");
}

// A text whose place is of the same size stands there as it is.
void CheckText(absl::string_view text, Span span, const SourceFile& file) {
  CheckSpan(span, file);
  Require(span.end - span.begin >= text.size(), "text fits into its place");
  if (span.end - span.begin != text.size()) return;
  Require(
      absl::string_view(file.text()).substr(span.begin, text.size()) == text,
      "text stands where it is said to be");
}

void CheckInstruction(const Instruction& instruction, const SourceFile& file) {
  CheckSpan(instruction.span, file);
  CheckSpan(instruction.keyword_span, file);
  CheckText(instruction.text, instruction.text_span, file);
  for (const Flag& flag : instruction.flags) CheckSpan(flag.span, file);
  for (const Word& word : instruction.words) {
    if (instruction.exec_form) {
      CheckSpan(word.span, file);
    } else {
      CheckText(word.text, word.span, file);
    }
  }
  for (const Pair& pair : instruction.pairs) CheckSpan(pair.span, file);
  for (const Heredoc& heredoc : instruction.heredocs) {
    CheckSpan(heredoc.span, file);
    Require(heredoc.span.end <= instruction.span.end,
            "here-documents belong to their instruction");
  }
  for (const Instruction& trigger : instruction.trigger) {
    CheckInstruction(trigger, file);
  }
}

void CheckDockerfile(const Dockerfile& dockerfile, const SourceFile& file) {
  for (const Instruction& arg : dockerfile.global_args) {
    CheckInstruction(arg, file);
  }
  uint32_t end = 0;
  for (size_t i = 0; i < dockerfile.stages.size(); ++i) {
    const Stage& stage = dockerfile.stages[i];
    Require(stage.index == static_cast<int>(i), "stages are numbered");
    Require(stage.from.span.begin >= end, "stages do not overlap");
    CheckInstruction(stage.from, file);
    end = stage.from.span.end;
    for (const Instruction& instruction : stage.instructions) {
      Require(instruction.span.begin >= end, "instructions do not overlap");
      CheckInstruction(instruction, file);
      end = instruction.span.end;
    }
    Require(end <= stage.end && stage.end <= file.text().size(),
            "a stage ends behind its last line");
  }
}

void CheckResolution(const Dockerfile& dockerfile, int target,
                     const BuildArgs& build_args) {
  ResolveOptions options;
  options.target = target;
  options.build_args = build_args;
  options.onbuild = [](absl::string_view) {
    return std::vector<std::string>{"COPY . /app", "RUN x"};
  };
  diag::Collector problems;
  const Resolution resolution = Resolve(dockerfile, options, problems);
  for (int stage : resolution.stages) {
    Require(stage >= 0 && stage <= target, "stages up to the target take part");
  }
  for (const Source& source : resolution.sources) {
    CheckSpan(source.span, *dockerfile.file);
    Require((source.kind == Source::kAll) == !source.why.empty(),
            "what takes everything says why");
    Require(source.kind == Source::kAll || source.kind == Source::kPrefix ||
                CleanPath(source.text) == source.text,
            "sources are clean paths");
    Require(source.text != ".." && !absl::StartsWith(source.text, "../") &&
                !absl::StartsWith(source.text, "/"),
            "sources are in the context");
  }
  for (const Destination& destination : resolution.destinations) {
    Require(absl::StartsWith(destination.path, "/"),
            "destinations are absolute");
  }
  LintOptions lint;
  lint.executor_image = "gcr.io/kaniko-project/executor:v0.17.1";
  lint.snapshot_mode = "time";
  lint.stages = resolution.stages;
  Lint(dockerfile, lint, problems);
}

// A last word like the mark of continuation, and such a mark behind it: there
// is no way to write that with a line behind it.
bool EndsForEver(const Dockerfile& dockerfile) {
  const Stage& stage = dockerfile.stages.back();
  const Instruction& last =
      stage.instructions.empty() ? stage.from : stage.instructions.back();
  const absl::string_view text =
      absl::StripTrailingAsciiWhitespace(last.line->text());
  return dockerfile.open &&
         absl::EndsWith(text, std::string(1, dockerfile.escape));
}

// Only of a Dockerfile without errors.
void CheckRewritten(const Dockerfile& dockerfile, int stage) {
  if (EndsForEver(dockerfile)) return;
  EntrypointChange change;
  change.entrypoint = {"/bin/a b", "\"\\\n\t'$x"};
  change.cmd = {"c", ""};
  const auto text = WithEntrypoint(dockerfile, stage, change);
  Require(text.has_value(), "an entrypoint can be set");
  const SourceFile file("rewritten", *text);
  diag::Collector problems;
  const Dockerfile again = Parse(file, problems);
  if (problems.has_errors()) {
    std::cerr << *text << "\n";
    for (const diag::Diagnostic& d : problems.diagnostics()) {
      std::cerr << d.message << "\n";
    }
  }
  Require(!problems.has_errors(), "the new text has no errors");
  Require(again.stages.size() == dockerfile.stages.size(), "stages survive");
  const StartCommand start = FindStartCommand(again, stage);
  Require(start.entrypoint == change.entrypoint, "the entrypoint is set");
  Require(start.cmd == change.cmd, "the command is set");
}

void Check(const std::string& text) {
  const SourceFile file("Dockerfile", text);
  diag::Collector problems;
  const Dockerfile dockerfile = Parse(file, problems);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    CheckSpan(problem.span, file);
  }
  Require(!dockerfile.stages.empty() || problems.has_errors(),
          "without a stage there is an error");
  CheckDockerfile(dockerfile, file);
  BuildArgs build_args;
  for (const std::string& name : DeclaredArgs(dockerfile)) {
    build_args[name] = "../v*";
  }
  for (const Stage& stage : dockerfile.stages) {
    CheckResolution(dockerfile, stage.index, {});
    CheckResolution(dockerfile, stage.index, build_args);
    if (!problems.has_errors()) CheckRewritten(dockerfile, stage.index);
    // The work for all targets grows with their number's square.
    if (stage.index > 10) break;
  }
}

}  // namespace
}  // namespace ovenbird::dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ovenbird::dockerfile::Check(
      std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}
