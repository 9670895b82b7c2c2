#include "runtime/rewrite/copy_sources.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/context/glob.h"
#include "runtime/context/tar_header.h"
#include "runtime/diag/catalog.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/chown.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/source.h"
#include "runtime/rewrite/source_word.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;
using dockerfile::Flag;
using dockerfile::Instruction;
using dockerfile::Verdict;
using dockerfile::Word;

// Executors look for matches among the context's paths and ".".
bool MatchesTop(const std::string& pattern) {
  const absl::StatusOr<context::Glob> glob = context::Glob::Compile(pattern);
  return glob.ok() && glob->Match(".");
}

class SourceReader {
 public:
  SourceReader(const Site& site, const ContextTree& tree,
               const Instruction& copy)
      : site_(site), tree_(tree), copy_(copy) {}

  // False: it is sent as it is.
  bool Read();
  CopySources Take() { return std::move(sources_); }

 private:
  bool ReadWord(const Word& word);
  // What a mount brings is not in the listing.
  bool MayBeMounted(absl::string_view path) const;
  void ReportLink(const Word& word, absl::string_view path) const;
  bool ReadParents(absl::string_view text);
  bool ReadModes();
  void ReadOwner();

  const Site& site_;
  const ContextTree& tree_;
  const Instruction& copy_;
  CopySources sources_;
};

bool SourceReader::Read() {
  if (copy_.words.size() < 2) return false;
  if (copy_.FindFlag("parents") != nullptr &&
      site_.Can(Capability::kCopyParents)) {
    return false;
  }
  if (copy_.FindFlag("exclude") != nullptr &&
      site_.Can(Capability::kCopyExclude)) {
    return false;
  }
  for (const Flag& flag : copy_.flags) {
    if (flag.name != "exclude") continue;
    if (!flag.value.has_value()) return false;
    const auto pattern = KnownValue(site_.before.scope, *flag.value);
    if (!pattern) return false;
    sources_.excludes.push_back(*pattern);
  }
  for (size_t i = 0; i + 1 < copy_.words.size(); ++i) {
    if (!ReadWord(copy_.words[i])) return false;
  }
  sources_.target = KnownValue(site_.before.scope, copy_.words.back().text);
  if (sources_.target && !absl::StartsWith(*sources_.target, "/")) {
    sources_.target = site_.before.folder
                          ? std::optional(absl::StrCat(*site_.before.folder,
                                                       "/", *sources_.target))
                          : std::nullopt;
  }
  if (sources_.target) sources_.target = CleanPath(*sources_.target);
  ReadOwner();
  return ReadModes();
}

bool SourceReader::ReadWord(const Word& word) {
  const auto text = KnownValue(site_.before.scope, word.text);
  if (!text || (copy_.keyword == "ADD" && IsRemote(*text))) return false;
  if (copy_.FindFlag("parents") != nullptr) return ReadParents(*text);
  const std::string path = CleanSource(*text);
  sources_.dots =
      sources_.dots || absl::StrContains(absl::StrCat("/", *text, "/"), "/../");
  if (MayBeMounted(path)) return false;
  std::vector<std::string> paths = {path};
  if (HasWildcard(path)) {
    sources_.wildcard = true;
    paths = tree_.Expand(path);
    sources_.matches_top = sources_.matches_top || MatchesTop(path);
    sources_.empty_match = sources_.empty_match || paths.empty();
  }
  for (std::string& one : paths) {
    const auto found = tree_.Follow(one);
    if (!found) {
      // Others are reported where the context is put together.
      if (tree_.HasLink(one)) ReportLink(word, one);
      return false;
    }
    sources_.items.push_back(
        {std::move(one), found->entry, found->through_link});
  }
  return true;
}

// BuildKit refuses it, and executors copy the link.
void SourceReader::ReportLink(const Word& word, absl::string_view path) const {
  site_.sink.Handle(diag::CopySourceMissing(
      word.span, path, CleanPath(tree_.listing().root()),
      "it is a symlink to a path that is not in the build context"));
}

bool SourceReader::MayBeMounted(absl::string_view path) const {
  const auto is_in = [](absl::string_view one, absl::string_view folder) {
    return folder.empty() || one == folder ||
           absl::StartsWith(one, absl::StrCat(folder, "/"));
  };
  const std::vector<std::string>& mounts = site_.request.mounts;
  return std::any_of(mounts.begin(), mounts.end(), [&](const auto& mount) {
    return HasWildcard(path) || is_in(path, mount) || is_in(mount, path);
  });
}

bool SourceReader::ReadParents(absl::string_view text) {
  std::string base, pattern(text);
  if (const size_t pivot = text.find("/./"); pivot != text.npos) {
    base = CleanSource(text.substr(0, pivot));
    pattern = std::string(text.substr(pivot + 3));
  }
  pattern = CleanSource(pattern);
  if (HasWildcard(base)) return false;
  sources_.includes.emplace_back(base, pattern);
  return true;
}

bool SourceReader::ReadModes() {
  const Flag* chmod = copy_.FindFlag("chmod");
  if (chmod == nullptr || !chmod->value.has_value()) return true;
  const auto text = KnownValue(site_.before.scope, *chmod->value);
  const bool can = site_.Can(Capability::kCopyChmod);
  // As written: octal digits are what is usual.
  if (!text) return can;
  const auto mode = OctalMode(*text);
  if (!mode) {
    sources_.mode_words = *text;
    return ApplyModeWords(sources_.mode_words, 0, false).has_value();
  }
  if ((!can || *mode > 0777) && *mode <= 07777) sources_.mode = mode;
  return true;
}

void SourceReader::ReadOwner() {
  const Flag* chown = copy_.FindFlag("chown");
  if (chown == nullptr || !chown->value.has_value() ||
      site_.Can(Capability::kCopyChownNumber)) {
    return;
  }
  const auto text = KnownValue(site_.before.scope, *chown->value);
  if (!text) return;
  const std::optional<context::Owner> owner = NumericOwner(*text);
  // A header of the archive that is sent cannot hold larger ones.
  if (owner && owner->user <= context::kMaxTarOwner &&
      owner->group <= context::kMaxTarOwner) {
    sources_.owner = owner;
  }
}

}  // namespace

bool CopiesToFile(const ContextTree& tree, const CopySources& sources,
                  absl::string_view target) {
  return sources.items.size() == 1 && sources.includes.empty() &&
         !tree.IsFolder(sources.items[0].entry) && !HasSlash(target);
}

std::optional<CopySources> ReadSources(const Site& site,
                                       const ContextTree& tree,
                                       const Instruction& copy) {
  SourceReader reader(site, tree, copy);
  if (!reader.Read()) return std::nullopt;
  return reader.Take();
}

void ReportUnknownFlags(const Site& site, const Instruction& copy) {
  for (const Flag& flag : copy.flags) {
    const dockerfile::Executor& executor = *site.request.executor;
    Verdict verdict = Verdict::kYes;
    if (flag.name == "parents") {
      verdict = executor.Of(Capability::kCopyParents);
    } else if (flag.name == "exclude") {
      verdict = executor.Of(Capability::kCopyExclude);
    } else if (flag.name == "chmod") {
      verdict = executor.Of(Capability::kCopyChmod);
    }
    const std::string shown = absl::StrCat("--", flag.name);
    constexpr absl::string_view kAdvice =
        "use only variables whose value is in this file, or name the files";
    if (verdict == Verdict::kRefused) {
      site.sink.Handle(
          diag::KanikoRefusedFlag(flag.span, executor.name(), shown, kAdvice));
    } else if (verdict == Verdict::kIgnored) {
      site.sink.Handle(diag::KanikoIgnoredFlag(flag.span, executor.name(),
                                               shown, "", kAdvice));
    }
  }
}

}  // namespace ovenbird::rewrite
