#include "runtime/init/names.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace ovenbird::init {
namespace {

constexpr absl::string_view kGroups[] = {
    "docker", ".docker", "dockerfiles", "dockerfile", "container", "containers",
    "build",  "deploy",  "deployment",  "ci",         "images"};

// What a Dockerfile's name says: "dev" of `Dockerfile.dev` and
// `dev.dockerfile`.
struct FileName {
  std::string variant;
  bool stands_alone = false;  // web.dockerfile: the name of the image
};

FileName Read(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const absl::string_view word : {"dockerfile", "containerfile"}) {
    if (lower == word) return {};
    if (absl::StartsWith(lower, word)) {
      return {std::string(name.substr(word.size() + 1)), false};
    }
    if (absl::EndsWith(lower, word)) {
      return {std::string(name.substr(0, name.size() - word.size() - 1)), true};
    }
  }
  return {};
}

// The folders of a Dockerfile that are not groups, from the top.
struct Place {
  std::vector<std::string> folders;
  FileName file;
};

Place PlaceOf(absl::string_view path) {
  Place place;
  std::vector<std::string> parts = absl::StrSplit(path, '/', absl::SkipEmpty());
  place.file = Read(parts.back());
  parts.pop_back();
  for (const std::string& part : parts) {
    if (part != "." && !IsGroup(part)) place.folders.push_back(part);
  }
  return place;
}

// The key with the last `depth` folders.
std::string KeyOf(const Place& place, absl::string_view project, size_t depth) {
  const size_t size = std::min(depth, place.folders.size());
  std::vector<std::string> words(place.folders.end() - size,
                                 place.folders.end());
  const std::string& variant = place.file.variant;
  if (words.empty() && !(place.file.stands_alone && !variant.empty())) {
    words.emplace_back(project);
  }
  if (!variant.empty() && (words.empty() || words.back() != variant)) {
    words.push_back(variant);
  }
  return PlainName(absl::StrJoin(words, "-"));
}

bool HasRepetition(const std::vector<std::string>& keys,
                   const std::string& key) {
  return std::count(keys.begin(), keys.end(), key) > 1;
}

}  // namespace

std::string PlainName(absl::string_view text) {
  std::string name;
  for (const char c : absl::AsciiStrToLower(text)) {
    if (absl::ascii_isalnum(c)) {
      name += c;
    } else if (!name.empty() && absl::ascii_isalnum(name.back())) {
      name += c == '.' || c == '_' ? c : '-';
    }
  }
  while (!name.empty() && !absl::ascii_isalnum(name.back())) name.pop_back();
  return name.empty() ? "app" : name;
}

std::string PlainRepository(absl::string_view text) {
  std::vector<std::string> parts;
  for (absl::string_view part : absl::StrSplit(text, '/', absl::SkipEmpty())) {
    const size_t colon = part.rfind(':');
    int port = 0;
    if (parts.empty() && colon != part.npos &&
        absl::SimpleAtoi(part.substr(colon + 1), &port)) {
      parts.push_back(
          absl::StrCat(PlainName(part.substr(0, colon)), ":", port));
    } else {
      parts.push_back(PlainName(part));
    }
  }
  return absl::StrJoin(parts, "/");
}

bool IsGroup(absl::string_view folder) {
  const std::string lower = absl::AsciiStrToLower(folder);
  return std::find(std::begin(kGroups), std::end(kGroups), lower) !=
         std::end(kGroups);
}

std::vector<std::string> KeysOf(const std::vector<std::string>& dockerfiles,
                                absl::string_view project) {
  std::vector<Place> places;
  size_t deepest = 1;
  for (const std::string& path : dockerfiles) {
    places.push_back(PlaceOf(path));
    deepest = std::max(deepest, places.back().folders.size());
  }
  std::vector<std::string> keys;
  for (const Place& place : places) keys.push_back(KeyOf(place, project, 1));
  // Those that are equal get one more of their folders, until they differ.
  for (size_t depth = 2; depth <= deepest; ++depth) {
    const std::vector<std::string> before = keys;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (HasRepetition(before, before[i])) {
        keys[i] = KeyOf(places[i], project, depth);
      }
    }
  }
  std::set<std::string> taken;
  for (std::string& key : keys) {
    const std::string base = key;
    for (int i = 2; !taken.insert(key).second; ++i) {
      key = absl::StrCat(base, "-", i);
    }
  }
  return keys;
}

}  // namespace ovenbird::init
