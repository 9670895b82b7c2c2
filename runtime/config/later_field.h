// The options of `version: v1beta9` that Ovenbird does not have.
#ifndef OVENBIRD_RUNTIME_CONFIG_LATER_FIELD_H_
#define OVENBIRD_RUNTIME_CONFIG_LATER_FIELD_H_

#include "absl/strings/string_view.h"

namespace ovenbird::config {

// An option that was added to DevSpace after 4.11 without a new config version.
struct LaterField {
  absl::string_view message;  // the message in schema/config.proto: "Image"
  absl::string_view name;
  absl::string_view product;  // the first DevSpace with the option, if known
  absl::string_view advice;   // what to do instead
};

// Returns the option `name` of the objects of type `message`; null if there is
// none. The result lives forever.
const LaterField* FindLaterField(absl::string_view message,
                                 absl::string_view name);

}  // namespace ovenbird::config

#endif  // OVENBIRD_RUNTIME_CONFIG_LATER_FIELD_H_
