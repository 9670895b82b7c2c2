// Turns schema/executors.textproto into C++:
//   executors_main --header FILE.textproto > capability.h
//   executors_main --table FILE.textproto > executor_table.inc
//   executors_main --json FILE.textproto > executors.json, for e2e/images
// Runs while Ovenbird is built; says what is wrong with the file and exits with
// code 1.
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "codegen/names.h"
#include "google/protobuf/text_format.h"
#include "google/protobuf/util/json_util.h"
#include "re2/re2.h"
#include "schema/executors.pb.h"

namespace ovenbird::codegen {
namespace {

using schema::Capability;

bool Fail(const Capability& capability, absl::string_view what) {
  std::cerr << "capability `" << capability.name() << "` " << what << "\n";
  return false;
}

// "copy-chmod" -> "kCopyChmod".
std::string Enumerator(absl::string_view name) {
  std::string result = "k";
  for (absl::string_view word : absl::StrSplit(name, '-')) {
    std::string part(word);
    if (!part.empty()) part[0] = absl::ascii_toupper(part[0]);
    absl::StrAppend(&result, part);
  }
  return result;
}

// "IGNORED" -> "kIgnored".
std::string EnumeratorOf(absl::string_view value) {
  return Enumerator(absl::AsciiStrToLower(value));
}

// "1.24.0" -> "{1, 24, 0}"; "" -> "{}".
bool Version(const Capability& capability, const std::string& text,
             std::string* out) {
  static const RE2& pattern = *new RE2(R"((\d+)\.(\d+)\.(\d+))");
  int major = 0, minor = 0, patch = 0;
  *out = "{}";
  if (text.empty()) return true;
  if (!RE2::FullMatch(text, pattern, &major, &minor, &patch)) {
    return Fail(capability, absl::StrCat("has `", text, "`, not a version"));
  }
  *out = absl::StrCat("{", major, ", ", minor, ", ", patch, "}");
  return true;
}

bool Check(const schema::Executors& executors) {
  static const RE2& valid = *new RE2("[a-z]+(-[a-z]+)*");
  std::set<std::string> names;
  for (const Capability& capability : executors.capability()) {
    if (!RE2::FullMatch(capability.name(), valid)) {
      return Fail(capability, "is not lower-case words with dashes");
    }
    if (!names.insert(capability.name()).second) {
      return Fail(capability, "is listed twice");
    }
    if (capability.doc().empty()) return Fail(capability, "has no `doc`");
    if (capability.case_name().empty()) {
      return Fail(capability, "has no `case_name`");
    }
    if (capability.range().empty()) return Fail(capability, "has no `range`");
    for (const schema::Range& range : capability.range()) {
      if (!range.has_flavour() || !range.has_verdict() ||
          !range.has_evidence()) {
        return Fail(capability,
                    "has a range without flavour, verdict or evidence");
      }
    }
  }
  return true;
}

bool WriteHeader(const schema::Executors& executors) {
  std::cout << "#ifndef OVENBIRD_RUNTIME_DOCKERFILE_CAPABILITY_H_\n"
               "#define OVENBIRD_RUNTIME_DOCKERFILE_CAPABILITY_H_\n\n"
               "namespace ovenbird::dockerfile {\n\n"
               "// A part of the Dockerfile language that not every executor "
               "builds as BuildKit does.\n"
               "enum class Capability {\n";
  for (const Capability& capability : executors.capability()) {
    std::cout << "  // " << capability.doc() << "\n  "
              << Enumerator(capability.name()) << ",\n";
  }
  std::cout << "};\n\n}  // namespace ovenbird::dockerfile\n\n"
               "#endif  // OVENBIRD_RUNTIME_DOCKERFILE_CAPABILITY_H_\n";
  return true;
}

bool WriteTable(const schema::Executors& executors) {
  std::cout << "constexpr Entry kEntries[] = {\n";
  for (const Capability& capability : executors.capability()) {
    for (const schema::Range& range : capability.range()) {
      std::string since, before;
      if (!Version(capability, range.since(), &since) ||
          !Version(capability, range.before(), &before)) {
        return false;
      }
      std::cout << "{Capability::" << Enumerator(capability.name())
                << ", Flavour::"
                << EnumeratorOf(schema::Flavour_Name(range.flavour())) << ", "
                << since << ", " << before << ", Verdict::"
                << EnumeratorOf(schema::Verdict_Name(range.verdict()))
                << "},\n";
    }
  }
  std::cout << "};\n";
  return true;
}

bool WriteJson(const schema::Executors& executors) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(executors, &json).ok()) {
    return false;
  }
  std::cout << json << "\n";
  return true;
}

int Main(int argc, char** argv) {
  const std::string mode = argc == 3 ? argv[1] : "";
  if (mode != "--header" && mode != "--table" && mode != "--json") {
    std::cerr
        << "usage: executors_main --header|--table|--json FILE.textproto\n";
    return 1;
  }
  std::ifstream in(argv[2]);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  schema::Executors executors;
  // Errors are printed by protobuf, with line and column.
  if (!in || !google::protobuf::TextFormat::ParseFromString(text, &executors) ||
      !Check(executors)) {
    return 1;
  }
  if (mode == "--json") return WriteJson(executors) ? 0 : 1;
  std::cout << "// Generated from schema/executors.textproto. Do not edit.\n";
  return (mode == "--header" ? WriteHeader : WriteTable)(executors) ? 0 : 1;
}

}  // namespace
}  // namespace ovenbird::codegen

int main(int argc, char** argv) { return ovenbird::codegen::Main(argc, argv); }
