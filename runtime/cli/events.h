// The events of a run for programs: the lines of --progress json, by
// schema/event.proto.
#ifndef OVENBIRD_RUNTIME_CLI_EVENTS_H_
#define OVENBIRD_RUNTIME_CLI_EVENTS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/build/failure.h"
#include "runtime/build/result.h"
#include "runtime/build/timeline.h"
#include "runtime/cli/event_record.h"
#include "runtime/report/mask.h"

namespace ovenbird::cli {

// Returns an event with a text, of an image; an empty key: of none.
output::Event TextEvent(output::EventKind kind, absl::string_view key,
                        absl::string_view text);

// Returns the event of a phase of the image `key` that begins at its start; at
// `now` if that is not set.
output::Event StepEvent(absl::string_view key, const build::Phase& phase,
                        absl::Time now);

// Returns the event of an image's end.
output::Event EndEvent(const build::ImageResult& result);

// Returns the first event of a run.
output::Event RunStartedEvent(const std::string& version);

// Returns the last event of a run. `failure`: one that does not belong to an
// image.
output::Event RunEndedEvent(int exit_code,
                            const std::optional<build::Failure>& failure);

// Returns the line of an event that happened at `now`, with its line end, and
// with passwords replaced.
std::string EventLine(output::Event event, const report::Mask& mask,
                      absl::Time now);

}  // namespace ovenbird::cli

#endif  // OVENBIRD_RUNTIME_CLI_EVENTS_H_
