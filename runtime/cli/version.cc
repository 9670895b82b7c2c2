#include "runtime/cli/version.h"

#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/exit_code.h"
#include "runtime/base/json.h"
#include "runtime/cli/man_page.h"
#include "runtime/cli/verbs.h"

namespace ovenbird::cli {
namespace {

// As it was optimised: Bazel's name of the mode.
constexpr char kBuildMode[] = OVENBIRD_BUILD_MODE;

}  // namespace

int Version(const Options& options) {
  const Stamp& stamp = GetStamp();
  if (options.json_output) {
    json::Value version =
        json::Object{{"version", kVersion}, {"buildMode", kBuildMode}};
    if (!stamp.commit.empty()) {
      version.Set("commit", stamp.commit);
      version.Set("modified", stamp.has_changes);
    }
    std::cout << json::Write(version, true) << "\n";
    return kExitGood;
  }
  std::cout << "ovenbird " << kVersion << "\n"
            << (stamp.commit.empty()
                    ? "commit: unknown, because only the release target is "
                      "stamped"
                    : absl::StrCat("commit: ", stamp.commit,
                                   stamp.has_changes ? ", with changes" : ""))
            << "\nbuild mode: " << kBuildMode << "\n";
  return kExitGood;
}

int PrintManPage() {
  std::cout << ManPage(DescribeCommandLine(), kVersion, kVersionDate);
  return kExitGood;
}

}  // namespace ovenbird::cli
