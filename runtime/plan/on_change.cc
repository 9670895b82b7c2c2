#include "runtime/plan/on_change.h"

#include <filesystem>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/sha256.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/file_records.h"
#include "runtime/context/fingerprint.h"
#include "runtime/context/ignore.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::plan {
namespace {

namespace fs = std::filesystem;

// What one pattern matches. All is left out but that.
absl::StatusOr<context::Listing> Find(const std::string& folder,
                                      const std::string& pattern) {
  const PatternParts parts = SplitPattern(pattern);
  const std::string root = (fs::path(folder) / parts.folder).string();
  const SourceFile rules("onChange", absl::StrCat("*\n!", parts.rest, "\n"));
  diag::Collector problems;
  const context::Ignore ignore = context::Ignore::Parse(rules, problems);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", pattern, "`: ", problem.message));
  }
  std::error_code error;
  if (!fs::is_directory(root, error)) return context::Listing(root);
  context::WalkOptions options;
  options.ignore = &ignore;
  ASSIGN_OR_RETURN(context::WalkResult found, context::Walk(root, options));
  return std::move(found.listing);
}

}  // namespace

PatternParts SplitPattern(absl::string_view pattern) {
  PatternParts parts;
  while (absl::ConsumePrefix(&pattern, "./")) {
  }
  size_t literal = pattern.find_first_of("*?[\\");
  if (literal == absl::string_view::npos) literal = pattern.size();
  while (literal > 0 && absl::EndsWith(pattern, "/")) pattern.remove_suffix(1);
  const size_t slash = pattern.substr(0, literal).rfind('/');
  if (slash == absl::string_view::npos) {
    parts.rest = std::string(pattern);
    return parts;
  }
  parts.folder = std::string(pattern.substr(0, slash == 0 ? 1 : slash));
  parts.rest = std::string(pattern.substr(slash + 1));
  return parts;
}

absl::StatusOr<std::string> FingerprintOf(
    const std::string& folder, const std::vector<std::string>& patterns) {
  Sha256 sha;
  for (const std::string& pattern : patterns) {
    ASSIGN_OR_RETURN(context::Listing listing, Find(folder, pattern));
    ASSIGN_OR_RETURN(context::Fingerprint one,
                     context::ComputeFingerprint(listing, {}, {}));
    sha.Update(absl::StrCat(pattern.size(), ":", pattern, ToHex(one.digest)));
  }
  return ToHex(sha.Finish());
}

}  // namespace ovenbird::plan
