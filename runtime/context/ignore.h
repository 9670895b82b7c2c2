// What a .dockerignore file leaves out of a build context, by the rules of
// `docker build` (BuildKit): patterns are matched against whole paths, a folder
// that matches takes all below it along, the last rule that matches decides,
// and `!` takes paths back in, also below a folder that is left out.
#ifndef OVENBIRD_RUNTIME_CONTEXT_IGNORE_H_
#define OVENBIRD_RUNTIME_CONTEXT_IGNORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/base/source_file.h"
#include "runtime/context/glob.h"
#include "runtime/diag/diagnostic.h"

namespace ovenbird::context {

class Ignore {
 public:
  struct Rule {
    Glob glob;
    bool negated = false;
    // Where it is written, with the `!`; none for a rule of ours.
    Span span;
  };

  struct Verdict {
    bool ignored = false;
    // Index in `rules()` of the rule that decided; -1: none matched.
    int rule = -1;
  };

  // What is known about the rules inside of one folder: those that match the
  // folder, and those that may match something in it.
  class Folder {
   private:
    friend class Ignore;
    struct State {
      uint32_t rule;
      bool matched;
    };
    std::vector<State> states_;
  };

  // No rules.
  Ignore() = default;
  // Reads a .dockerignore file, which must outlive the rules. Patterns that
  // Docker refuses go to `sink` and are left out.
  static Ignore Parse(const SourceFile& file, diag::Sink& sink);

  // Takes exactly this path in, whatever the rules before say.
  void Keep(absl::string_view path);

  // Decides about any path, by way of its parents.
  Verdict Match(absl::string_view path) const;

  // For a walk that goes down from the top.
  Folder Top() const;
  // `path` is the whole path of an entry of `folder`.
  Verdict Match(const Folder& folder, absl::string_view path) const {
    return Match(folder, path, nullptr);
  }
  // The same for a folder's path, which fills `inside`.
  Verdict Match(const Folder& folder, absl::string_view path,
                Folder* inside) const;
  // True: an entry below an ignored folder with this state may be taken in.
  bool MayTakeIn(const Folder& folder) const;

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

// The ignore file that counts for a build.
struct IgnoreFile {
  // Null: there is none. Diagnostics point into it: who shows them keeps it.
  std::shared_ptr<const SourceFile> file;
  // Lies at the top of the context as `.dockerignore`.
  bool is_default = false;
  Ignore rules;
};

// `DOCKERFILE.dockerignore` beside the Dockerfile, else `.dockerignore` at the
// top of the context. An empty `dockerfile` looks for the latter only.
absl::StatusOr<IgnoreFile> LoadIgnoreFile(absl::string_view context,
                                          absl::string_view dockerfile,
                                          diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_IGNORE_H_
