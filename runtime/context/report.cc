#include "runtime/context/report.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/clean_path.h"
#include "runtime/base/format_text.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/source_file.h"
#include "runtime/base/status_macros.h"
#include "runtime/context/ignore.h"
#include "runtime/context/secrets.h"
#include "runtime/context/walk.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/report/visible.h"

namespace ovenbird::context {
namespace {

using report::Visible;

constexpr size_t kMostSizes = 20;
constexpr size_t kMostPaths = 3;
constexpr size_t kHead = 64 << 10;

// The file's beginning; "" when it cannot be read.
std::string Head(const std::string& path) {
  std::string head(kHead, '\0');
  std::ifstream in(path, std::ios::binary);
  in.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<size_t>(in.gcount()));
  return head;
}

void AddSecrets(const Listing& sent, const std::vector<MemoryFile>& files,
                Report& report) {
  HashMap<std::string, const MemoryFile*> ours;
  for (const MemoryFile& file : files) ours.emplace(file.path, &file);
  PathCursor cursor(sent);
  for (size_t i = 0; i < sent.size(); ++i) {
    if (sent[i].type != EntryType::kFile) continue;
    const std::string path(cursor.At(i));
    if (ours.contains(path)) continue;
    std::string why = WhySecret(
        path, [&] { return Head(absl::StrCat(sent.root(), "/", path)); });
    if (!why.empty()) report.secrets.push_back({path, std::move(why)});
  }
}

using Paths = HashSet<std::string>;

// Those of the folder that our own files take the place of: the Dockerfile,
// too, where it is sent by another name.
Paths Replaced(const std::string& root, const std::vector<MemoryFile>& files,
               const std::string& dockerfile) {
  Paths paths;
  for (const MemoryFile& file : files) paths.insert(file.path);
  std::error_code error;
  const std::filesystem::path inside = std::filesystem::relative(
      dockerfile.empty() ? root : dockerfile, root, error);
  if (!error) paths.insert(inside.string());
  return paths;
}

// Of all files but those of `passed_over`.
uint64_t FileBytes(const Listing& listing, const Paths& passed_over,
                   uint64_t& files) {
  uint64_t bytes = 0;
  files = 0;
  PathCursor cursor(listing);
  for (size_t i = 0; i < listing.size(); ++i) {
    const Entry& entry = listing[i];
    if (entry.type == EntryType::kFolder) continue;
    if (passed_over.contains(cursor.At(i))) continue;
    ++files;
    if (entry.type == EntryType::kFile) bytes += entry.size;
  }
  return bytes;
}

absl::Status AddIgnored(const Listing& sent,
                        const std::vector<MemoryFile>& our_files,
                        const ReportOptions& options, Report& report) {
  diag::Collector known;  // The plan has reported them.
  ASSIGN_OR_RETURN(const IgnoreFile ignore,
                   LoadIgnoreFile(sent.root(), options.dockerfile, known));
  std::map<int, std::vector<std::string>> by_rule;
  WalkOptions walk_options;
  walk_options.ignore = &ignore.rules;
  walk_options.on_ignored = [&](absl::string_view path, EntryType type,
                                int rule) {
    by_rule[rule].push_back(
        absl::StrCat(path, type == EntryType::kFolder ? "/" : ""));
  };
  ASSIGN_OR_RETURN(WalkResult walk, Walk(sent.root(), walk_options));
  report.left_out = std::move(walk.skipped);
  for (auto& [index, paths] : by_rule) {
    const Ignore::Rule& rule = ignore.rules.rules()[static_cast<size_t>(index)];
    const int line = ignore.file->PositionAt(rule.span.begin).line;
    report.ignored.push_back(
        {ignore.file->text().substr(rule.span.begin,
                                    rule.span.end - rule.span.begin),
         absl::StrCat(CleanPath(ignore.file->name()), ":", line),
         std::move(paths)});
  }
  uint64_t files = 0;
  uint64_t sent_files = 0;
  const Paths replaced = Replaced(sent.root(), our_files, options.dockerfile);
  const uint64_t bytes = FileBytes(walk.listing, replaced, files);
  const uint64_t sent_bytes = FileBytes(sent, replaced, sent_files);
  // The folder may change between the plan and this look.
  report.unneeded_files = files - std::min(files, sent_files);
  report.unneeded_bytes = bytes - std::min(bytes, sent_bytes);
  return absl::OkStatus();
}

std::string Size(uint64_t bytes) {
  const auto number = static_cast<double>(bytes);
  if (bytes >= 1000000000) return FormatText("%.1f GB", number / 1e9);
  if (bytes >= 1000000) return FormatText("%.1f MB", number / 1e6);
  if (bytes >= 1000) return FormatText("%.1f kB", number / 1e3);
  return absl::StrCat(bytes, " B");
}

std::string Files(uint64_t count) {
  return absl::StrCat(count, count == 1 ? " file" : " files");
}

void AppendSizes(const Report& report, std::string& out) {
  size_t shown = 0;
  uint64_t rest_bytes = 0;
  uint64_t rest_files = 0;
  for (const PathSize& size : report.sizes) {
    if (!report.deep && shown == kMostSizes) {
      rest_bytes += size.bytes;
      rest_files += size.files;
      continue;
    }
    ++shown;
    absl::StrAppend(
        &out, FormatText("%12s  %s", Size(size.bytes), Visible(size.path)));
    if (absl::EndsWith(size.path, "/")) {
      absl::StrAppend(&out, " (", Files(size.files), ")");
    }
    out += '\n';
  }
  if (shown < report.sizes.size()) {
    out +=
        FormatText("%12s  %d more (%s); --all shows them\n", Size(rest_bytes),
                   report.sizes.size() - shown, Files(rest_files));
  }
}

void AppendIgnored(const Report& report, std::string& out) {
  if (report.ignored.empty()) return;
  absl::StrAppend(&out, "ignored, by the rule that decides:\n");
  for (const Report::Ignored& ignored : report.ignored) {
    absl::StrAppend(&out, "  ", Visible(ignored.place), ": `",
                    Visible(ignored.rule), "`: ");
    size_t shown = 0;
    for (const std::string& path : ignored.paths) {
      if (!report.deep && shown == kMostPaths) break;
      absl::StrAppend(&out, shown == 0 ? "" : ", ", Visible(path));
      ++shown;
    }
    if (shown < ignored.paths.size()) {
      absl::StrAppend(&out, " and ", ignored.paths.size() - shown, " more");
    }
    out += '\n';
  }
}

void WriteNumber(absl::string_view key, uint64_t value, Writer& out) {
  out.Key(key);
  out.Int(static_cast<int64_t>(value));
}

void WriteString(absl::string_view key, absl::string_view value, Writer& out) {
  out.Key(key);
  out.String(value);
}

void WriteStrings(absl::string_view key, const std::vector<std::string>& values,
                  Writer& out) {
  out.Key(key);
  out.BeginArray();
  for (const std::string& value : values) out.String(value);
  out.EndArray();
}

template <typename Values, typename WriteMembers>
void WriteObjects(absl::string_view key, const Values& values, Writer& out,
                  const WriteMembers& write_members) {
  out.Key(key);
  out.BeginArray();
  for (const auto& value : values) {
    out.BeginObject();
    write_members(value);
    out.EndObject();
  }
  out.EndArray();
}

}  // namespace

absl::StatusOr<Report> MakeReport(const Listing& sent,
                                  const std::vector<MemoryFile>& files,
                                  const ReportOptions& options) {
  Report report;
  report.image = options.image;
  report.folder = CleanPath(sent.root());
  report.everything_because = options.everything_because;
  report.deep = options.deep;
  report.sizes = SumSizes(sent, files, options.deep);
  for (const PathSize& size : SumSizes(sent, files, false)) {
    report.bytes += size.bytes;
    report.files += size.files;
  }
  TarOptions tar_options;
  tar_options.files = files;
  ASSIGN_OR_RETURN(const std::unique_ptr<TarStream> tar,
                   TarStream::Create(&sent, std::move(tar_options)));
  report.tar_bytes = tar->size();
  RETURN_IF_ERROR(AddIgnored(sent, files, options, report));
  AddSecrets(sent, files, report);
  return report;
}

std::string ToText(const Report& report) {
  std::string out =
      absl::StrCat("image `", report.image, "`: ", Files(report.files), ", ",
                   Size(report.bytes), " of ", Visible(report.folder), "\n");
  AppendSizes(report, out);
  if (!report.everything_because.empty()) {
    absl::StrAppend(&out, "everything is sent: ", report.everything_because,
                    "\n");
  } else if (report.unneeded_files > 0) {
    absl::StrAppend(&out, "no COPY or ADD uses ", Files(report.unneeded_files),
                    " (", Size(report.unneeded_bytes), "): not sent\n");
  }
  AppendIgnored(report, out);
  for (const std::string& left_out : report.left_out) {
    absl::StrAppend(&out, "omitted: ", Visible(left_out), "\n");
  }
  for (const Report::Secret& secret : report.secrets) {
    absl::StrAppend(&out, "looks like a secret: ", Visible(secret.path), " (",
                    secret.why, ")\n");
  }
  return out;
}

void Write(const Report& report, Writer& out) {
  out.BeginObject();
  WriteString("image", report.image, out);
  WriteString("folder", report.folder, out);
  if (!report.everything_because.empty()) {
    WriteString("everythingBecause", report.everything_because, out);
  }
  WriteNumber("files", report.files, out);
  WriteNumber("bytes", report.bytes, out);
  WriteNumber("tarBytes", report.tar_bytes, out);
  WriteObjects("sizes", report.sizes, out, [&](const PathSize& size) {
    WriteString("path", size.path, out);
    WriteNumber("bytes", size.bytes, out);
    WriteNumber("files", size.files, out);
  });
  out.Key("notNeeded");
  out.BeginObject();
  WriteNumber("files", report.unneeded_files, out);
  WriteNumber("bytes", report.unneeded_bytes, out);
  out.EndObject();
  WriteObjects("ignored", report.ignored, out,
               [&](const Report::Ignored& ignored) {
                 WriteString("rule", ignored.rule, out);
                 WriteString("place", ignored.place, out);
                 WriteStrings("paths", ignored.paths, out);
               });
  WriteStrings("leftOut", report.left_out, out);
  WriteObjects("secrets", report.secrets, out,
               [&](const Report::Secret& secret) {
                 WriteString("path", secret.path, out);
                 WriteString("why", secret.why, out);
               });
  out.EndObject();
}

}  // namespace ovenbird::context
