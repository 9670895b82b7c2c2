// The JSON list of strings that many instructions accept.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_STRING_LIST_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_STRING_LIST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// How an instruction's text is written.
enum class ListForm {
  kNone,     // not a JSON list: plain text
  kStrings,  // a JSON list of strings
  kOther,    // a JSON list with something else in it, which is an error
};

// Returns the form of the text, and appends the strings of a list to `items`;
// of kOther those before the wrong item.
ListForm ReadStringList(absl::string_view text,
                        std::vector<std::string>* items);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_STRING_LIST_H_
