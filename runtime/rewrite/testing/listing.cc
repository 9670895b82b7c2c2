#include "runtime/rewrite/testing/listing.h"

#include <algorithm>
#include <cstdlib>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/context/file_records.h"

namespace ovenbird::rewrite {
namespace {

struct Parsed {
  std::string path;
  std::string target;
  context::Entry entry;
};

Parsed Parse(absl::string_view text) {
  Parsed parsed;
  parsed.entry.mode = 0644;
  if (const size_t arrow = text.find(" -> "); arrow != text.npos) {
    parsed.target = std::string(text.substr(arrow + 4));
    parsed.entry.type = context::EntryType::kSymlink;
    text = text.substr(0, arrow);
  }
  std::string mode;
  if (const size_t colon = text.find(':'); colon != text.npos) {
    mode = std::string(text.substr(colon + 1));
    text = text.substr(0, colon);
  }
  if (absl::EndsWith(text, "/")) {
    parsed.entry.type = context::EntryType::kFolder;
    parsed.entry.mode = 0755;
    text.remove_suffix(1);
  }
  if (!mode.empty()) {
    parsed.entry.mode =
        static_cast<uint16_t>(std::strtoul(mode.c_str(), nullptr, 8));
  }
  parsed.path = std::string(text);
  return parsed;
}

}  // namespace

context::Listing MakeListing(const std::vector<std::string>& entries) {
  std::vector<Parsed> all;
  for (const std::string& text : entries) all.push_back(Parse(text));
  std::sort(all.begin(), all.end(), [](const Parsed& a, const Parsed& b) {
    return context::ComparePaths(a.path, b.path) < 0;
  });
  context::Listing listing("");
  std::map<std::string, uint32_t> folders;
  for (Parsed& one : all) {
    const size_t slash = one.path.rfind('/');
    if (slash != std::string::npos) {
      one.entry.parent = folders.at(one.path.substr(0, slash));
    }
    const std::string name =
        slash == std::string::npos ? one.path : one.path.substr(slash + 1);
    folders[one.path] = listing.Add(one.entry, name, one.target);
  }
  return listing;
}

}  // namespace ovenbird::rewrite
