#include "runtime/dockerfile/grammar.h"

namespace ovenbird::dockerfile {

using enum FlagKind;

// One table: an entry for each instruction.
const std::vector<Grammar>& Grammars() {
  static const auto* const grammars = new std::vector<Grammar>{
      {"ADD",
       Shape::kWordsOrExec,
       2,
       "at least a source and a destination",
       {{"checksum", kString},
        {"chmod", kString},
        {"chown", kString},
        {"exclude", kList},
        {"keep-git-dir", kBool},
        {"link", kBool},
        {"unpack", kBool}}},
      {"ARG", Shape::kPairs, 1, "at least a name", {}},
      {"CMD", Shape::kMaybeExec, 0, "", {}},
      {"COPY",
       Shape::kWordsOrExec,
       2,
       "at least a source and a destination",
       {{"chmod", kString},
        {"chown", kString},
        {"exclude", kList},
        {"from", kString},
        {"link", kBool},
        {"parents", kBool}}},
      {"ENTRYPOINT", Shape::kMaybeExec, 0, "", {}},
      {"ENV", Shape::kPairs, 1, "at least a name and a value", {}},
      {"EXPOSE", Shape::kWords, 1, "at least a port", {}},
      {"FROM",
       Shape::kWords,
       1,
       "an image, or `IMAGE AS NAME`",
       {{"platform", kString}}},
      {"HEALTHCHECK",
       Shape::kText,
       1,
       "`NONE` or `CMD ...`",
       {{"interval", kString},
        {"retries", kString},
        {"start-interval", kString},
        {"start-period", kString},
        {"timeout", kString}}},
      {"LABEL", Shape::kPairs, 1, "at least a name and a value", {}},
      {"MAINTAINER", Shape::kText, 1, "a name", {}},
      {"ONBUILD", Shape::kTrigger, 1, "an instruction", {}},
      {"RUN",
       Shape::kMaybeExec,
       0,
       "",
       {{"device", kList},
        {"mount", kList},
        {"network", kString},
        {"security", kString}}},
      {"SHELL", Shape::kMaybeExec, 1, "a JSON list", {}},
      {"STOPSIGNAL", Shape::kText, 1, "a signal", {}},
      {"USER", Shape::kText, 1, "a user", {}},
      {"VOLUME", Shape::kWordsOrExec, 1, "at least a path", {}},
      {"WORKDIR", Shape::kText, 1, "a path", {}},
  };
  return *grammars;
}

const Grammar* FindGrammar(absl::string_view keyword) {
  for (const Grammar& grammar : Grammars()) {
    if (grammar.keyword == keyword) return &grammar;
  }
  return nullptr;
}

}  // namespace ovenbird::dockerfile
