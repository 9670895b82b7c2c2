#include "runtime/cli/events.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "runtime/report/command_text.h"

namespace ovenbird::cli {
namespace {

void Hide(const report::Mask& mask, std::optional<std::string>& text) {
  if (text) text = mask.Apply(*text);
}

void Hide(const report::Mask& mask, std::vector<std::string>& texts) {
  for (std::string& text : texts) text = mask.Apply(text);
}

void Hide(const report::Mask& mask, output::Failure& failure) {
  failure.what = mask.Apply(failure.what);
  Hide(mask, failure.details);
  Hide(mask, failure.hint);
}

void Hide(const report::Mask& mask, output::Image& image) {
  for (output::Step& step : image.steps) Hide(mask, step.text);
  Hide(mask, image.warnings);
  if (image.failure) Hide(mask, *image.failure);
}

std::optional<std::string> Given(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

}  // namespace

output::Event TextEvent(output::EventKind kind, absl::string_view key,
                        absl::string_view text) {
  output::Event event;
  event.event = kind;
  event.image = Given(key);
  event.text = Given(text);
  return event;
}

output::Event StepEvent(absl::string_view key, const build::Phase& phase,
                        absl::Time now) {
  output::Event event = TextEvent(output::EventKind::kStep, key, "");
  event.step = build::ToRecord(phase);
  const bool is_recorded = phase.start != absl::InfinitePast();
  event.step->start = build::ToText(is_recorded ? phase.start : now);
  event.step->end = std::nullopt;
  return event;
}

output::Event EndEvent(const build::ImageResult& result) {
  output::Event event =
      TextEvent(output::EventKind::kImageEnded, result.key, "");
  event.result = build::ToRecord(result);
  return event;
}

output::Event RunStartedEvent(const std::string& version) {
  output::Event event;
  event.event = output::EventKind::kRunStarted;
  event.schema_version = build::kSchemaVersion;
  event.version = version;
  return event;
}

output::Event RunEndedEvent(int exit_code,
                            const std::optional<build::Failure>& failure) {
  output::Event event;
  event.event = output::EventKind::kRunEnded;
  event.exit_code = exit_code;
  if (failure) event.failure = build::ToRecord(*failure);
  return event;
}

std::string EventLine(output::Event event, const report::Mask& mask,
                      absl::Time now) {
  event.time = build::ToText(now);
  // Before the text becomes JSON: a password with a quote would be escaped.
  Hide(mask, event.text);
  if (event.step) Hide(mask, event.step->text);
  if (event.result) Hide(mask, *event.result);
  if (event.failure) Hide(mask, *event.failure);
  // On GitHub a runner may read the events: what a RUN prints is no command.
  return absl::StrCat(report::JsonWithoutCommands(output::ToJson(event)), "\n");
}

}  // namespace ovenbird::cli
