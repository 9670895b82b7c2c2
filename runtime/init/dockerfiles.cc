#include "runtime/init/dockerfiles.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/regular_file.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/base/utf8.h"
#include "runtime/config/find_below.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/dockerfile/resolve.h"
#include "runtime/init/names.h"

namespace ovenbird::init {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMostDockerfile = 1 << 20;

constexpr absl::string_view kForeign[] = {
    "node_modules", "vendor",        "bower_components", "third_party",
    "venv",         "site-packages", "testdata"};

// The ends of names that are no Dockerfile: templates, backups, texts.
constexpr absl::string_view kOtherEnds[] = {
    "~",     ".bak", ".dockerignore", ".ejs",    ".erb",      ".go",
    ".in",   ".j2",  ".jinja",        ".jinja2", ".js",       ".json",
    ".lock", ".md",  ".mustache",     ".old",    ".orig",     ".py",
    ".rej",  ".rst", ".sh",           ".swp",    ".template", ".tmpl",
    ".tpl",  ".ts",  ".txt",          ".yaml",   ".yml"};

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = DecodeUtf8(text);
    if (!next.valid) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

// All problems of a Dockerfile, of which the first error counts.
std::string FirstError(const diag::Collector& problems) {
  for (const diag::Diagnostic& problem : problems.Sorted()) {
    if (problem.severity != diag::Severity::kError) continue;
    const std::string line =
        problem.span.file == nullptr
            ? ""
            : absl::StrCat(
                  "line ",
                  problem.span.file->PositionAt(problem.span.begin).line, ": ");
    return absl::StrCat(line, problem.message);
  }
  return "";
}

// The paths that COPY and ADD need in the context, whatever stage is built.
std::vector<std::string> Needs(const dockerfile::Dockerfile& dockerfile) {
  dockerfile::ResolveOptions options;
  options.target = static_cast<int>(dockerfile.stages.size()) - 1;
  options.skip_unused_stages = false;
  diag::Collector ignored;
  std::vector<std::string> paths;
  for (const dockerfile::Source& source :
       dockerfile::Resolve(dockerfile, options, ignored).sources) {
    if (source.required && source.kind == dockerfile::Source::kPath) {
      paths.push_back(source.text);
    }
  }
  return paths;
}

bool HasAll(const fs::path& folder, const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(), [&](const std::string& path) {
    std::error_code error;
    return fs::exists(fs::symlink_status(folder / path, error));
  });
}

// The Dockerfile's own folder and those above it; a group such as `docker` is
// the last one that is tried.
std::vector<fs::path> Contexts(const std::string& path) {
  const fs::path own = fs::path(path).parent_path();
  std::vector<fs::path> contexts;
  for (fs::path at = own;; at = at.parent_path()) {
    contexts.push_back(at);
    if (at.empty()) break;
  }
  const auto is_other = [](const fs::path& folder) {
    return folder.empty() || !IsGroup(folder.filename().string());
  };
  std::stable_partition(contexts.begin(), contexts.end(), is_other);
  return contexts;
}

std::string ContextOf(const std::string& root, const std::string& path,
                      const dockerfile::Dockerfile& dockerfile) {
  const std::vector<std::string> needs = Needs(dockerfile);
  for (const fs::path& context : Contexts(path)) {
    if (!HasAll(fs::path(root) / context, needs)) continue;
    return context.empty() ? "." : context.string();
  }
  const fs::path own = fs::path(path).parent_path();
  return own.empty() ? "." : own.string();
}

void Add(const std::string& root, const std::string& path,
         FoundDockerfiles& found) {
  const auto leave_out = [&](absl::string_view why) {
    found.left_out.push_back(absl::StrCat("`", path, "`: ", why));
  };
  if (!IsUtf8(path)) return leave_out("its name is not UTF-8");
  const absl::StatusOr<std::string> text =
      ReadRegularFile((fs::path(root) / path).string(), kMostDockerfile);
  if (!text.ok()) return leave_out(text.status().message());
  const SourceFile file(path, *text);
  diag::Collector problems;
  const dockerfile::Dockerfile dockerfile = dockerfile::Parse(file, problems);
  const std::string error = FirstError(problems);
  if (!error.empty()) return leave_out(error);
  if (dockerfile.stages.empty()) return leave_out("it has no FROM");
  FoundDockerfile one;
  one.path = path;
  one.context = ContextOf(root, path, dockerfile);
  for (const dockerfile::Stage& stage : dockerfile.stages) {
    if (!stage.name.empty()) one.stages.push_back(stage.name);
  }
  found.files.push_back(std::move(one));
}

bool IsLess(const FoundDockerfile& a, const FoundDockerfile& b) {
  const auto depth = [](const FoundDockerfile& file) {
    return std::count(file.path.begin(), file.path.end(), '/');
  };
  const bool a_is_top = depth(a) == 0;
  const bool b_is_top = depth(b) == 0;
  return a_is_top != b_is_top ? a_is_top : a.path < b.path;
}

}  // namespace

bool IsDockerfileName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(name);
  for (const absl::string_view end : kOtherEnds) {
    if (absl::EndsWith(lower, end)) return false;
  }
  for (const absl::string_view word : {"dockerfile", "containerfile"}) {
    absl::string_view rest = lower;
    if (rest == word || absl::EndsWith(rest, absl::StrCat(".", word))) {
      return rest.size() != word.size() + 1;  // ".dockerfile"
    }
    if (absl::StartsWith(rest, word) && rest.size() > word.size() + 1) {
      const char next = rest[word.size()];
      if (next == '.' || next == '-' || next == '_') return true;
    }
  }
  return false;
}

bool IsForeign(absl::string_view path) {
  std::vector<absl::string_view> folders = absl::StrSplit(path, '/');
  folders.pop_back();
  for (const absl::string_view folder : folders) {
    if (std::find(std::begin(kForeign), std::end(kForeign), folder) !=
        std::end(kForeign)) {
      return true;
    }
    const bool is_hidden =
        absl::StartsWith(folder, ".") && folder != "." && folder != "..";
    if (is_hidden && !IsGroup(folder)) return true;
  }
  return false;
}

absl::StatusOr<FoundDockerfiles> FindDockerfiles(const std::string& folder) {
  ASSIGN_OR_RETURN(
      const std::vector<std::string> paths,
      config::FindFilesBelow(folder, {{":(glob,icase)**/*dockerfile*",
                                       ":(glob,icase)**/*containerfile*"},
                                      IsDockerfileName}));
  FoundDockerfiles found;
  for (const std::string& path : paths) {
    const std::string below =
        fs::path(path).lexically_relative(folder).generic_string();
    if (!IsForeign(below)) Add(folder, below, found);
  }
  std::sort(found.files.begin(), found.files.end(), IsLess);
  return found;
}

}  // namespace ovenbird::init
