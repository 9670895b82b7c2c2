#include "runtime/rewrite/chmod_words.h"

#include <cstdint>

#include "absl/strings/string_view.h"
#include "runtime/base/format_text.h"
#include "runtime/dockerfile/dockerfile.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/mode_words.h"
#include "runtime/rewrite/source.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Flag;
using dockerfile::Instruction;

bool IsOctal(absl::string_view text) {
  return text.find_first_not_of("01234567") == text.npos;
}

// The mode of a downloaded file without --chmod.
constexpr uint16_t kDownloaded = 0600;

}  // namespace

void WriteOutModeWords(const Site& site, Draft& draft) {
  // Executors without --chmod are reported by their check.
  if (!site.Can(dockerfile::Capability::kCopyChmod)) return;
  const bool from = draft.original().FindFlag("from") != nullptr;
  if (!from && !HasRemoteSource(draft.original())) return;
  for (Instruction& instruction : draft.instructions) {
    for (Flag& flag : instruction.flags) {
      if (flag.name != "chmod" || !flag.value.has_value()) continue;
      const auto words = KnownValue(site.before.scope, *flag.value);
      if (!words || words->empty() || IsOctal(*words)) continue;
      const auto mode = ApplyModeWords(*words, kDownloaded, /*folder=*/false);
      if (!from && mode) {
        flag.value = FormatText("%04o", *mode);
        draft.Because("--chmod accepts only octal digits");
        continue;
      }
      site.Report(
          flag.span, "accepts only octal digits in --chmod",
          "write the mode in octal digits, or use `RUN chmod` after it");
    }
  }
}

}  // namespace ovenbird::rewrite
