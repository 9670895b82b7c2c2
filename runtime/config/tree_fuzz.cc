// Whatever the config says: profiles and variables end, and what they report
// can be shown.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/source_file.h"
#include "runtime/config/profiles.h"
#include "runtime/config/surroundings.h"
#include "runtime/config/variables.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/json_lines.h"
#include "runtime/report/sarif.h"
#include "runtime/report/text.h"
#include "runtime/yaml/arena.h"
#include "runtime/yaml/node.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::config {
namespace {

// The same on each run, as a fuzzer needs it.
class FixedSurroundings : public Surroundings {
 public:
  std::optional<std::string> Variable(absl::string_view name) override {
    if (name.size() % 2 == 0) return std::nullopt;
    return std::string(name);
  }
  absl::Time Now() override { return absl::UnixEpoch(); }
  std::string Random() override { return "abcdef"; }
  absl::StatusOr<std::string> GitCommit() override {
    return absl::NotFoundError("none");
  }
};

// The first one of the file.
absl::string_view SomeProfile(const yaml::Node& root) {
  const yaml::Node* profiles = root.Find("profiles");
  if (profiles == nullptr || profiles->items().empty()) return "p";
  const yaml::Node* name = profiles->items()[0]->Find("name");
  return name ? name->scalar() : "p";
}

void Run(const SourceFile& file) {
  yaml::Arena arena;
  diag::Collector problems;
  const yaml::Node* root = yaml::Parse(file, arena, problems);
  const SourceFile flag("--var", "N=007");
  if (root != nullptr) {
    std::vector<VariableFlag> flags;
    ParseVariableFlag(flag, &flags, problems);
    FixedSurroundings surroundings;
    root = ApplyProfile(*root, SomeProfile(*root), {}, arena, problems);
    root = FillVariables(*root, {flags, &surroundings}, arena, problems);
    if (root == nullptr) std::abort();
  }
  std::vector<diag::Diagnostic> sorted = problems.Sorted();
  if (sorted.size() > 20) sorted.resize(20);
  static_cast<void>(report::RenderText(sorted));
  static_cast<void>(report::RenderSarif(sorted));
  static_cast<void>(report::RenderJsonLines(sorted));
}

}  // namespace
}  // namespace ovenbird::config

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ovenbird::SourceFile file(
      "fuzz.yaml", std::string(reinterpret_cast<const char*>(data), size));
  ovenbird::config::Run(file);
  return 0;
}
