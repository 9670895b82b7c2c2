#include "runtime/rewrite/second_expansion.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "runtime/dockerfile/executor.h"
#include "runtime/rewrite/escape.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Pair;

constexpr char kSpecial[] = "\\\"'$";

bool HasSpecial(const Site& site, const std::string& text) {
  const std::optional<std::string> value = KnownValue(site.before.scope, text);
  return value && value->find_first_of(kSpecial) != std::string::npos;
}

// Writes the value of `text` to `sent` so that two expansions give it, if it is
// known and can be written.
void WriteOut(const Site& site, const std::string& text, std::string& sent) {
  const std::optional<std::string> value = KnownValue(site.before.scope, text);
  if (!value || absl::StrContains(*value, '\n')) return;
  const bool is_plain = absl::c_all_of(*value, [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::StrContains("._-/:", c);
  });
  sent = is_plain ? *value : QuoteLiteral(EscapeWord(*value, '\\'));
}

}  // namespace

bool RunsTwice(const Site& site) {
  return site.request.cache || !site.Can(dockerfile::Capability::kMetadataOnce);
}

void KeepFromSecondExpansion(const Site& site, Draft& draft) {
  if (!RunsTwice(site)) return;
  // As the user wrote them; rules before this one may have changed `sent`.
  const std::vector<Pair>& pairs = draft.original().pairs;
  const bool is_needed = absl::c_any_of(pairs, [&](const Pair& pair) {
    return HasSpecial(site, pair.name) ||
           HasSpecial(site, pair.value.value_or(""));
  });
  if (!is_needed || draft.instructions.size() != 1) return;
  std::vector<Pair>& sent = draft.instructions[0].pairs;
  for (size_t i = 0; i < pairs.size() && i < sent.size(); ++i) {
    WriteOut(site, pairs[i].name, sent[i].name);
    if (pairs[i].value) WriteOut(site, *pairs[i].value, *sent[i].value);
  }
  draft.Because("the executor expands the values twice");
}

}  // namespace ovenbird::rewrite
