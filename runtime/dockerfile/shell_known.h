// Private to shell_writes: how to read the words of well-known commands.
#ifndef OVENBIRD_RUNTIME_DOCKERFILE_SHELL_KNOWN_H_
#define OVENBIRD_RUNTIME_DOCKERFILE_SHELL_KNOWN_H_

#include "absl/strings/string_view.h"

namespace ovenbird::dockerfile {

// How to read a command's words.
struct Known {
  enum Words {
    kNone,        // it writes nothing
    kAttributes,  // all operands but the first: chown OWNER FILE...
    kFirst,       // the first operand: mknod FILE b 7 0
    kAll,         // every operand
    kLast,        // the last operand, from all others: cp
    kOption,      // an option names it
  };
  absl::string_view name;
  Words words = kNone;
  absl::string_view letters = {};  // options whose next word is a value
  absl::string_view target = {};   // kOption: the option's letters
  absl::string_view long_target = {};
  // Long options whose next word is a value, separated by spaces.
  absl::string_view long_values = {};
};

// Returns the command with this name; null if it is unknown.
const Known* FindKnown(absl::string_view name);

}  // namespace ovenbird::dockerfile

#endif  // OVENBIRD_RUNTIME_DOCKERFILE_SHELL_KNOWN_H_
