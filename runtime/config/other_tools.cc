#include "runtime/config/other_tools.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config {
namespace {

// Returns the tool whose files have this entry at the top; empty: unknown.
absl::string_view ProductOf(const yaml::Entry& entry) {
  if (entry.key() == "services") return "Compose";
  if (entry.key() != "apiVersion") return "";
  return absl::StartsWith(entry.value()->scalar(), "skaffold/") ? "Skaffold"
                                                                : "Kubernetes";
}

absl::string_view AdviceFor(absl::string_view product) {
  if (product != "Kubernetes") {
    return "run `ovenbird migrate FILE`, which writes a `devspace.yaml` with "
           "the images of this file";
  }
  return "write a `devspace.yaml`: below `images`, for each image a name with "
         "`image`, `dockerfile` and `context`; `ovenbird init` writes one from "
         "your Dockerfiles";
}

}  // namespace

bool IsOfOtherTool(const yaml::Node& root, diag::Sink& sink) {
  if (root.Find("images") != nullptr) return false;
  for (const yaml::Entry& entry : root.entries()) {
    const absl::string_view product = ProductOf(entry);
    if (product.empty()) continue;
    sink.Handle(diag::OtherToolsFile(entry.key_span(), product, entry.key(),
                                     AdviceFor(product)));
    return true;
  }
  return false;
}

}  // namespace ovenbird::config
