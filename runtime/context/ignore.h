// The files that .dockerignore excludes from a build context, by the rules of
// `docker build` (BuildKit): patterns are matched against whole paths, a folder
// that matches takes all below it along, the last rule that matches decides,
// and `!` takes paths back in, also below an excluded folder.
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

// The rules of one ignore file.
class Ignore {
 public:
  // One line of the file.
  struct Rule {
    Glob glob;
    bool negated = false;
    // The rule in the file, with the `!`; none for a rule of ours.
    Span span;
  };

  // Whether a path is ignored, and why.
  struct Verdict {
    bool ignored = false;
    // Index in `rules()` of the rule that decided; -1: none matched.
    int rule = -1;
  };

  // The state of a walk in one folder: the rules that match the folder, and
  // those that may match something in it.
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
  // Docker rejects are reported to `sink` and left out.
  static Ignore Parse(const SourceFile& file, diag::Sink& sink);

  // Adds a rule that takes in exactly this path, whatever the rules before say.
  void Keep(absl::string_view path);

  // Returns the verdict for any path, by walking down its parents.
  Verdict Match(absl::string_view path) const;

  // Returns the state for the context's top, where a walk starts.
  Folder Top() const;
  // Returns the verdict for an entry of `folder`; `path` is its whole path.
  Verdict Match(const Folder& folder, absl::string_view path) const {
    return Match(folder, path, nullptr);
  }
  // Returns the verdict for a folder in `folder`, and sets `inside` (if not
  // null) to the state in that folder.
  Verdict Match(const Folder& folder, absl::string_view path,
                Folder* inside) const;
  // Returns whether a `!` may take in an entry below an ignored folder with
  // this state; if not, the folder need not be read.
  bool MayTakeIn(const Folder& folder) const;

  const std::vector<Rule>& rules() const { return rules_; }

 private:
  std::vector<Rule> rules_;
};

// The ignore file that applies to a build.
struct IgnoreFile {
  // Null if no file was found. Diagnostics point into it, so it is shared with
  // the code that shows them.
  std::shared_ptr<const SourceFile> file;
  // The file is the `.dockerignore` at the top of the context.
  bool is_default = false;
  Ignore rules;
};

// Reads `DOCKERFILE.dockerignore` next to the Dockerfile, else `.dockerignore`
// at the top of the context, else returns no rules. With an empty `dockerfile`
// only the latter. A file that exists but cannot be read is an error.
absl::StatusOr<IgnoreFile> LoadIgnoreFile(absl::string_view context,
                                          absl::string_view dockerfile,
                                          diag::Sink& sink);

}  // namespace ovenbird::context

#endif  // OVENBIRD_RUNTIME_CONTEXT_IGNORE_H_
