// The headers that most sources of Ovenbird include, for precompilation. A
// source still includes what it uses: the clang build has no precompiled
// headers.
#ifndef OVENBIRD_TOOLS_CC_LIBRARY_H_
#define OVENBIRD_TOOLS_CC_LIBRARY_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

#endif  // OVENBIRD_TOOLS_CC_LIBRARY_H_
