#include "runtime/rewrite/testing/over_base.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "runtime/base/source_file.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/dockerfile/parse.h"
#include "runtime/rewrite/rewrite.h"

namespace ovenbird::rewrite::testing {
namespace {

ImageFile Entry(ImageFile::Type type, uint16_t mode, uint32_t user = 0,
                uint32_t group = 0) {
  ImageFile file;
  file.type = type;
  file.mode = mode;
  file.user = user;
  file.group = group;
  return file;
}

ImageFile Link(const std::string& target) {
  ImageFile file = Entry(ImageFile::kSymlink, 0777);
  file.link = target;
  return file;
}

}  // namespace

Outcome RewriteOver(const Over& over, const std::string& dockerfile) {
  const SourceFile file("Dockerfile", dockerfile);
  diag::Collector problems;
  const dockerfile::Dockerfile parsed = dockerfile::Parse(file, problems);
  const dockerfile::Executor executor(over.executor);
  dockerfile::ResolveOptions options;
  options.build_args = over.args;
  options.target = static_cast<int>(parsed.stages.size()) - 1;
  Outcome outcome;
  Request request;
  request.dockerfile = &parsed;
  request.build_args = request.given_args = over.args;
  request.target = options.target;
  request.stages = dockerfile::Resolve(parsed, options, problems).stages;
  request.listing = over.listing;
  request.executor = &executor;
  request.snapshot_mode = over.snapshot_mode;
  request.secrets = over.secrets;
  request.cache = over.cache;
  request.base_image = [&](absl::string_view image,
                           bool files) -> std::shared_ptr<const BaseImage> {
    outcome.asked.push_back(absl::StrCat(image, files ? " files" : ""));
    if (over.base == nullptr || image != "base") return nullptr;
    return std::make_shared<const BaseImage>(*over.base);
  };
  request.onbuild = [&](absl::string_view image) {
    return over.base == nullptr || image != "base" ? std::vector<std::string>()
                                                   : over.base->onbuild;
  };
  request.url_status = [&](const std::string& url) -> std::optional<int> {
    outcome.asked.push_back(url);
    return over.url_status == 0 ? std::nullopt : std::optional(over.url_status);
  };
  Rewritten rewritten = Rewrite(request, problems);
  outcome.text = std::move(rewritten.text);
  outcome.files = std::move(rewritten.files);
  outcome.run_mounts = std::move(rewritten.run_mounts);
  for (const diag::Diagnostic& problem : problems.diagnostics()) {
    outcome.reports.push_back(problem.message);
  }
  outcome.is_refused = problems.has_errors();
  return outcome;
}

BaseImage UsualBase() {
  auto files = std::make_shared<ImageFiles>();
  files->passwd =
      "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\n"
      "app:x:1000:1001:app:/home/app:/bin/sh\n";
  files->groups = "root:x:0:\ndaemon:x:1:\nstaff:x:50:app\napp:x:1001:\n";
  const auto folder = ImageFile::kFolder;
  const auto plain = ImageFile::kFile;
  files->entries = {{"/bin", Entry(folder, 0755)},
                    {"/bin/sh", Entry(plain, 0755)},
                    {"/bin/rm", Entry(plain, 0755)},
                    {"/bin/chmod", Entry(plain, 0755)},
                    {"/etc", Entry(folder, 0755)},
                    {"/etc/passwd", Entry(plain, 0644)},
                    {"/etc/group", Entry(plain, 0644)},
                    {"/opt", Entry(folder, 0755)},
                    {"/opt/dir", Entry(folder, 0755)},
                    {"/opt/dir/old", Entry(plain, 0644)},
                    {"/opt/file", Entry(plain, 0640, 7, 8)},
                    {"/opt/private", Entry(folder, 0700, 1000, 1001)},
                    {"/opt/shared", Entry(folder, 02775, 0, 50)},
                    {"/opt/to-dir", Link("dir")},
                    {"/opt/to-file", Link("file")},
                    {"/opt/dangling", Link("nowhere/deep")},
                    {"/srv", Entry(folder, 0755)},
                    {"/tmp", Entry(folder, 01777)}};
  BaseImage base;
  base.env = {{"PATH", "/bin"}, {"A", "1"}};
  base.user = "app";
  base.working_dir = "/srv";
  base.files = files;
  return base;
}

}  // namespace ovenbird::rewrite::testing
