#include "tools/conformance/context_facts.h"

#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/context/listing.h"
#include "runtime/context/tar.h"

namespace ovenbird::conformance {
namespace {

bool HasIgnoreFile(const Case& item) {
  for (const json::Member& file : item.surroundings["files"].members()) {
    if (absl::EndsWith(file.first, ".dockerignore")) return true;
  }
  return false;
}

// A symlink of the project leads to it.
bool IsBehindSymlink(const Case& item, absl::string_view path) {
  for (const json::Member& file : item.surroundings["files"].members()) {
    if (absl::StartsWith(file.second.string_or(), "->") &&
        (path == file.first ||
         absl::StartsWith(path, absl::StrCat(file.first, "/")))) {
      return true;
    }
  }
  return false;
}

// What may differ in a file, for a reason that the case is about.
std::string Start(const Case& item, absl::string_view name) {
  if (HasIgnoreFile(item)) return "ignorable context file ";
  if (name == "Dockerfile" && absl::StrContains(item.config, "interactive:")) {
    return "interactive context file ";
  }
  if (name == "Dockerfile" && absl::StrContains(item.config, "entrypoint:") &&
      absl::StrContains(item.config, "\\\"")) {
    return "quoting context file ";
  }
  return "context file ";
}

// By name: a later upload of the same name takes the place of an earlier one.
using Files = std::map<std::string, std::string>;

std::vector<std::string> ToFacts(const Case& item, const Files& files) {
  std::vector<std::string> facts;
  for (const auto& [name, what] : files) {
    if (what == "folder") {
      facts.push_back(absl::StrCat("context folder ", name));
    } else if (IsBehindSymlink(item, name)) {
      facts.push_back(absl::StrCat("context symlink ", name, " ", what));
    } else {
      facts.push_back(absl::StrCat(Start(item, name), name, " ", what));
    }
  }
  return facts;
}

std::string FileFact(absl::string_view mode, uint64_t size) {
  return absl::StrCat(mode, ", ", size, " bytes");
}

}  // namespace

std::vector<std::string> RecordedContext(const Case& item) {
  Files files;
  for (const json::Value& step : item.result["steps"].items()) {
    for (const json::Value& entry : step["copy"]["tar"].items()) {
      const std::string name(entry["name"].string_or());
      if (entry["type"].string_or() == "5") {
        files[name] = "folder";
      } else {
        files[name] = absl::StrCat(entry["mode"].string_or(), ", ",
                                   json::Write(entry["size"]), " bytes");
      }
    }
  }
  return ToFacts(item, files);
}

std::vector<std::string> PlannedContext(const plan::Plan& plan,
                                        const Case& item) {
  Files files;
  for (const auto& image : plan.images) {
    const context::Listing& listing = image->listing;
    for (size_t i = 0; i < listing.size(); ++i) {
      const context::Entry& entry = listing[i];
      const bool executable = (entry.mode & 0111) != 0;
      std::string& what = files[listing.Path(i)];
      if (entry.type == context::EntryType::kFolder) {
        what = "folder";
      } else if (entry.type == context::EntryType::kSymlink) {
        what = absl::StrCat("-> ", listing.LinkTarget(i));
      } else {
        what = FileFact(executable ? "0755" : "0644", entry.size);
      }
    }
    for (const context::MemoryFile& file : image->files) {
      files[file.path] =
          FileFact(file.executable ? "0755" : "0644", file.content.size());
    }
  }
  return ToFacts(item, files);
}

}  // namespace ovenbird::conformance
