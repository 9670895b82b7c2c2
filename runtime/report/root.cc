#include "runtime/report/root.h"

#include <filesystem>
#include <system_error>

namespace ovenbird::report {
namespace {

namespace fs = std::filesystem;

// Empty if `path` is not in `folder`.
std::string RelativeTo(const fs::path& folder, const fs::path& path) {
  const fs::path relative =
      path.lexically_normal().lexically_relative(folder.lexically_normal());
  if (relative.empty() || *relative.begin() == "..") return "";
  return relative.string();
}

}  // namespace

Root FindRoot(
    const std::string& current,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment) {
  for (const char* name : {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"}) {
    const std::string top = environment(name).value_or("");
    if (!top.empty() && !RelativeTo(top, current).empty()) {
      return {fs::path(top).lexically_normal().string(), current};
    }
  }
  std::error_code error;
  for (fs::path folder = current;; folder = folder.parent_path()) {
    // A file in a worktree or a submodule.
    if (fs::exists(folder / ".git", error)) return {folder.string(), current};
    if (folder == folder.parent_path()) return {current, current};
  }
}

std::string FromTop(absl::string_view name, const Root& root) {
  const std::string as_given(name);
  if (root.top.empty()) return as_given;
  const std::string relative =
      RelativeTo(root.top, fs::path(root.current) / as_given);
  return relative.empty() ? as_given : relative;
}

}  // namespace ovenbird::report
