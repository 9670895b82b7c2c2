// Turns schema/kaniko_flags.textproto into the rows of a C++ table:
//   kaniko_flags_main kaniko_flags.textproto > kaniko_flags_table.inc
// Runs while Ovenbird is built; says what is wrong with the file and exits 1.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "codegen/names.h"
#include "google/protobuf/text_format.h"
#include "re2/re2.h"
#include "schema/kaniko_flags.pb.h"

namespace ovenbird::codegen {
namespace {

using schema::KanikoFlag;

bool Fail(const std::string& flag, const std::string& text) {
  std::cerr << "flag `" << flag << "`: " << text << "\n";
  return false;
}

// "0.17.1" -> "{0, 17, 1}"; what is missing counts as 0.
bool Version(const std::string& flag, const std::string& text,
             std::string* out) {
  static const RE2& pattern = *new RE2(R"((\d+)\.(\d+)(?:\.(\d+))?)");
  int major = 0, minor = 0;
  std::string patch;
  if (!RE2::FullMatch(text, pattern, &major, &minor, &patch)) {
    return Fail(flag, absl::StrCat("`", text, "` is not a version"));
  }
  *out = absl::StrCat("{", major, ", ", minor, ", ",
                      patch.empty() ? "0" : patch, "}");
  return true;
}

bool OptionalVersion(const std::string& flag, bool has, const std::string& text,
                     std::string* out) {
  *out = "{}";
  return !has || Version(flag, text, out);
}

const char* TypeName(schema::KanikoFlagType type) {
  switch (type) {
    case schema::BOOL:
      return "kBool";
    case schema::STRING:
      return "kString";
    case schema::INT:
      return "kInt";
    case schema::KANIKO_DURATION:
      return "kDuration";
    case schema::LIST:
      return "kList";
    case schema::MAP:
      return "kMap";
  }
  return "";
}

// Writes the array of the flag's values; `name` is how a row names it.
bool WriteValues(const KanikoFlag& flag, int index, std::string* name) {
  if (flag.value().empty()) {
    *name = "{}";
    return true;
  }
  *name = absl::StrCat("kValues", index);
  std::cout << "constexpr KanikoValue " << *name << "[] = {";
  for (const schema::KanikoValue& value : flag.value()) {
    std::string since;
    if (!OptionalVersion(flag.name(), value.has_since(), value.since(),
                         &since)) {
      return false;
    }
    std::cout << "{" << CppString(value.text()) << ", " << since << "}, ";
  }
  std::cout << "};\n";
  return true;
}

bool Row(const KanikoFlag& flag, const std::string& values, std::string* out) {
  std::string since, not_in, removed_in;
  if (!Version(flag.name(), flag.since(), &since) ||
      !OptionalVersion(flag.name(), flag.has_not_in(), flag.not_in(),
                       &not_in) ||
      !OptionalVersion(flag.name(), flag.has_removed_in(), flag.removed_in(),
                       &removed_in)) {
    return false;
  }
  if (!flag.has_type()) return Fail(flag.name(), "has no type");
  *out = absl::StrCat(
      "{", CppString(flag.name()), ", ", CppString(flag.short_name()),
      ", KanikoFlagType::", TypeName(flag.type()), ", ", since, ", ", not_in,
      ", ", removed_in, ", ", CppString(flag.renamed_to()), ", ", values, ", ",
      CppString(flag.own()), "},\n");
  return true;
}

bool Write(const schema::KanikoFlags& flags) {
  std::set<std::string> names;
  for (const KanikoFlag& flag : flags.flag()) {
    if (!names.insert(flag.name()).second) {
      return Fail(flag.name(), "is listed twice");
    }
  }
  std::string rows;
  int index = 0;
  for (const KanikoFlag& flag : flags.flag()) {
    if (flag.has_renamed_to() && names.count(flag.renamed_to()) == 0) {
      return Fail(flag.name(),
                  absl::StrCat("no flag `", flag.renamed_to(), "`"));
    }
    std::string values, row;
    if (!WriteValues(flag, index++, &values) || !Row(flag, values, &row))
      return false;
    rows += row;
  }
  std::cout << "constexpr KanikoFlag kFlags[] = {\n" << rows << "};\n";
  return true;
}

int Main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: kaniko_flags_main FILE.textproto\n";
    return 1;
  }
  std::ifstream in(argv[1]);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  schema::KanikoFlags flags;
  // Errors are printed by protobuf, with line and column.
  if (!in || !google::protobuf::TextFormat::ParseFromString(text, &flags)) {
    return 1;
  }
  std::cout
      << "// Generated from schema/kaniko_flags.textproto. Do not edit.\n";
  return Write(flags) ? 0 : 1;
}

}  // namespace
}  // namespace ovenbird::codegen

int main(int argc, char** argv) { return ovenbird::codegen::Main(argc, argv); }
