#include "runtime/lsp/kaniko_docs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace ovenbird::lsp {
namespace {

absl::string_view TypeName(kube::KanikoFlagType type) {
  switch (type) {
    case kube::KanikoFlagType::kBool:
      return "boolean";
    case kube::KanikoFlagType::kString:
      return "string";
    case kube::KanikoFlagType::kInt:
      return "number";
    case kube::KanikoFlagType::kDuration:
      return "duration, such as `6h`";
    case kube::KanikoFlagType::kList:
      return "string; can be repeated";
    case kube::KanikoFlagType::kMap:
      return "NAME=VALUE; can be repeated";
  }
  return "";
}

}  // namespace

const kube::KanikoFlag* FlagOfArgument(absl::string_view argument) {
  if (!absl::ConsumePrefix(&argument, "--")) return nullptr;
  return kube::FindKanikoFlag(argument.substr(0, argument.find('=')));
}

std::string FlagDocs(const kube::KanikoFlag& flag) {
  std::string text =
      absl::StrCat("**`--", flag.name, "`** (", TypeName(flag.type), ")");
  if (!flag.values.empty()) {
    absl::StrAppend(
        &text, "\n\nValues: ",
        absl::StrJoin(flag.values, ", ",
                      [](std::string* out, const kube::KanikoValue& value) {
                        absl::StrAppend(out, "`", value.text, "`");
                      }));
  }
  if (flag.since) {
    absl::StrAppend(&text, "\n\nSince kaniko ", flag.since.ToString());
  }
  if (flag.removed_in) {
    absl::StrAppend(&text, "\n\nRemoved in kaniko ",
                    flag.removed_in.ToString());
  }
  if (*flag.renamed_to != '\0') {
    absl::StrAppend(&text, "\n\nNow called `--", flag.renamed_to, "`");
  }
  if (*flag.own != '\0') {
    absl::StrAppend(&text, "\n\nOvenbird sets it: ", flag.own);
  }
  return text;
}

}  // namespace ovenbird::lsp
