// A thread that runs out of memory: its `new` fails once, at a chosen call.
#ifndef OVENBIRD_TOOLS_TESTING_FAILING_NEW_H_
#define OVENBIRD_TOOLS_TESTING_FAILING_NEW_H_

#include "absl/functional/function_ref.h"

namespace ovenbird::testing {

// While it lives, the `call`th `new` of this thread from now on (1: the next)
// throws std::bad_alloc, as without memory and without a new handler. Other
// threads, and malloc, are not affected. At most one may exist in a thread.
class FailingNew {
 public:
  explicit FailingNew(int call);
  FailingNew(const FailingNew&) = delete;
  FailingNew& operator=(const FailingNew&) = delete;
  ~FailingNew();

  // Returns whether that call was made.
  bool has_failed() const;
};

// Calls `work` repeatedly: the first time its first `new` fails, then its
// second, and so on, until it makes fewer calls. std::bad_alloc may leave
// `work`. Returns how many times a `new` has failed.
int FailEachNew(absl::FunctionRef<void()> work);

}  // namespace ovenbird::testing

#endif  // OVENBIRD_TOOLS_TESTING_FAILING_NEW_H_
