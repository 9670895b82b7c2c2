#include "runtime/registry/image_files.h"

#include <deque>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace ovenbird::registry {
namespace {

// As the kernel has it.
constexpr int kMaxLinks = 40;

}  // namespace

const ImageFile* ImageFiles::Find(absl::string_view path) const {
  const auto found = entries.find(path);
  return found == entries.end() ? nullptr : &found->second;
}

std::optional<std::string> ImageFiles::Resolve(absl::string_view path,
                                               bool follow_last) const {
  return ResolvePath(path, follow_last,
                     [this](absl::string_view at) { return Find(at); });
}

std::optional<std::string> ResolvePath(
    absl::string_view path, bool follow_last,
    absl::FunctionRef<const ImageFile*(absl::string_view)> find) {
  std::deque<std::string> left = absl::StrSplit(path, '/', absl::SkipEmpty());
  std::string at;
  int links = 0;
  while (!left.empty()) {
    const std::string part = std::move(left.front());
    left.pop_front();
    if (part == ".") continue;
    if (part == "..") {
      at.resize(at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    const std::string next = absl::StrCat(at, "/", part);
    const ImageFile* file = find(next);
    if (file == nullptr || file->type != ImageFile::kSymlink ||
        (left.empty() && !follow_last)) {
      at = next;
      continue;
    }
    if (++links > kMaxLinks) return std::nullopt;
    if (absl::StartsWith(file->link, "/")) at.clear();
    const std::vector<std::string> parts =
        absl::StrSplit(file->link, '/', absl::SkipEmpty());
    left.insert(left.begin(), parts.begin(), parts.end());
  }
  return at.empty() ? "/" : at;
}

}  // namespace ovenbird::registry
