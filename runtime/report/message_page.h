// The web pages of messages, which docs/messages/ also has.
#ifndef OVENBIRD_RUNTIME_REPORT_MESSAGE_PAGE_H_
#define OVENBIRD_RUNTIME_REPORT_MESSAGE_PAGE_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace ovenbird::report {

// Returns the address of the page that explains the message `id`.
inline std::string MessagePage(absl::string_view id) {
  return absl::StrCat("https://ovenbird.dev/messages/", id);
}

}  // namespace ovenbird::report

#endif  // OVENBIRD_RUNTIME_REPORT_MESSAGE_PAGE_H_
