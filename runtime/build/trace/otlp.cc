#include "runtime/build/trace/otlp.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "runtime/base/secret_key.h"
#include "runtime/build/timeline.h"
#include "runtime/report/visible.h"

namespace ovenbird::build {
namespace {

constexpr int kInternal = 1;  // SpanKind
constexpr int kError = 2;     // StatusCode
constexpr size_t kTraceId = 32;
constexpr size_t kSpanId = 16;

// Returns random hexadecimal digits.
std::string NewId(size_t digits) { return NewSecretKey().substr(0, digits); }

json::Value Text(absl::string_view text) {
  return json::Object{{"stringValue", report::Visible(text)}};
}

// OTLP has integers of 64 bits as strings.
json::Value Number(int64_t number) {
  return json::Object{{"intValue", absl::StrCat(number)}};
}

json::Value Flag(bool flag) { return json::Object{{"boolValue", flag}}; }

json::Value Strings(const std::vector<std::string>& strings) {
  json::Array values;
  for (const std::string& each : strings) values.push_back(Text(each));
  return json::Object{
      {"arrayValue", json::Object{{"values", std::move(values)}}}};
}

std::string Nanoseconds(absl::Time time) {
  return absl::StrCat(std::max<int64_t>(0, absl::ToUnixNanos(time)));
}

// A span that is being made.
class Span {
 public:
  Span(absl::string_view name, absl::Time start, absl::Time end)
      : name_(report::Visible(name)), start_(start), end_(end) {}

  void Add(absl::string_view key, json::Value value) {
    json::Value attribute;
    attribute.Set("key", key);
    attribute.Set("value", std::move(value));
    attributes_.push_back(std::move(attribute));
  }
  void AddUnlessEmpty(absl::string_view key, absl::string_view text) {
    if (!text.empty()) Add(key, Text(text));
  }
  void Fail(const Failure& failure) {
    error_ = report::Visible(failure.what);
    Add("error.type", Text(NameOfKind(failure.kind)));
  }
  void FailWith(absl::string_view message) {
    error_ = report::Visible(message);
  }
  const std::string& id() const { return id_; }

  json::Value ToJson(const std::string& trace, const std::string& parent,
                     const std::string& state) && {
    json::Value span;
    span.Set("traceId", trace);
    span.Set("spanId", id_);
    if (!parent.empty()) span.Set("parentSpanId", parent);
    if (!state.empty()) span.Set("traceState", state);
    span.Set("name", name_);
    span.Set("kind", kInternal);
    span.Set("startTimeUnixNano", Nanoseconds(start_));
    span.Set("endTimeUnixNano", Nanoseconds(std::max(start_, end_)));
    span.Set("attributes", std::move(attributes_));
    json::Value status(json::Object{});
    if (error_) {
      status.Set("code", kError);
      status.Set("message", *error_);
    }
    span.Set("status", std::move(status));
    return span;
  }

 private:
  static absl::string_view NameOfKind(FailureKind kind) {
    switch (kind) {
      case FailureKind::kBuild:
        return "build";
      case FailureKind::kConfig:
        return "config";
      case FailureKind::kEnvironment:
        return "environment";
      case FailureKind::kInterrupted:
        return "interrupted";
    }
    return "";
  }

  const std::string id_ = NewId(kSpanId);
  const std::string name_;
  const absl::Time start_;
  const absl::Time end_;
  json::Array attributes_;
  std::optional<std::string> error_;
};

// `failure`: of the image or the run; null: the phase was repeated.
Span OfPhase(const Phase& phase, const Failure* failure) {
  const std::string label = Label(phase);
  Span span(phase.platform.empty() ? label
                                   : absl::StrCat(phase.platform, ": ", label),
            phase.start, phase.end);
  span.Add("ovenbird.phase", Text(Name(phase.kind)));
  if (phase.kind == PhaseKind::kStep) {
    span.Add("ovenbird.step.instruction", Text(phase.text));
    if (phase.number > 0)
      span.Add("ovenbird.step.number", Number(phase.number));
    if (phase.count > 0) span.Add("ovenbird.step.count", Number(phase.count));
    if (phase.stage >= 0) span.Add("ovenbird.step.stage", Number(phase.stage));
    span.Add("ovenbird.step.cached", Flag(phase.cached));
  }
  if (phase.kind == PhaseKind::kPull) {
    span.AddUnlessEmpty("container.image.name", phase.text);
  }
  span.AddUnlessEmpty("ovenbird.platform", phase.platform);
  for (const auto& [key, value] : phase.attributes) span.Add(key, Text(value));
  if (!phase.failed) return span;
  if (failure != nullptr) {
    span.Fail(*failure);
  } else {
    span.FailWith("failed, and was tried again");
  }
  return span;
}

Span OfImage(const ImageResult& image, absl::Time run_end) {
  const bool was_started = image.start != absl::InfinitePast();
  absl::Time start = was_started ? image.start : run_end;
  if (!image.timeline.phases.empty()) {
    start = std::min(start, image.timeline.phases.front().start);
  }
  Span span(absl::StrCat("image ", image.key), start,
            was_started ? image.end : run_end);
  span.Add("ovenbird.image.key", Text(image.key));
  span.Add("ovenbird.engine", Text(image.engine));
  span.Add("ovenbird.image.unchanged", Flag(image.skipped));
  span.Add("container.image.name", Text(image.image));
  span.Add("container.image.tags", Strings(image.tags));
  if (!image.digest.empty()) {
    span.Add("oci.manifest.digest", Text(image.digest));
  }
  if (const std::optional<std::string> ref = RefOf(image); ref) {
    span.Add("container.image.repo_digests", Strings({*ref}));
  }
  if (image.failure) span.Fail(*image.failure);
  return span;
}

// The failure of the run, or of its first image.
void NoteFailure(const RunResult& result, const TraceContext& context,
                 Span& run) {
  run.Add("process.exit.code",
          Number(context.exit_code.value_or(ExitCode(result))));
  if (result.failure) return run.Fail(*result.failure);
  for (const ImageResult& image : result.images) {
    if (!image.failure) continue;
    run.Fail(*image.failure);
    return run.FailWith(
        absl::StrCat("image `", image.key, "`: ", image.failure->what));
  }
}

json::Value Attributes(
    const std::vector<std::pair<std::string, std::string>>& resource) {
  json::Array attributes;
  for (const auto& [key, value] : resource) {
    attributes.push_back(json::Object{{"key", key}, {"value", Text(value)}});
  }
  return attributes;
}

}  // namespace

json::Value MakeTrace(const RunResult& result, const TraceContext& context) {
  const std::string trace =
      context.parent ? context.parent->trace_id : NewId(kTraceId);
  const std::string state = context.parent ? context.parent->state : "";
  json::Array spans;
  const auto add = [&](Span span, const std::string& parent) {
    spans.push_back(std::move(span).ToJson(trace, parent, state));
  };
  const auto add_phases = [&](const Timeline& timeline,
                              const std::optional<Failure>& failure,
                              const std::string& parent) {
    const std::vector<Phase>& phases = timeline.phases;
    for (size_t i = 0; i < phases.size(); ++i) {
      const bool is_final = failure && !WentOnAfter(timeline, i);
      add(OfPhase(phases[i], is_final ? &*failure : nullptr), parent);
    }
  };
  Span run("ovenbird build", result.start, result.end);
  NoteFailure(result, context, run);
  const std::string run_id = run.id();
  add(std::move(run), context.parent ? context.parent->span_id : "");
  add_phases(result.timeline, result.failure, run_id);
  for (const ImageResult& image : result.images) {
    Span span = OfImage(image, result.end);
    const std::string image_id = span.id();
    add(std::move(span), run_id);
    add_phases(image.timeline, image.failure, image_id);
  }
  json::Value scope;
  scope.Set("scope",
            json::Object{{"name", "ovenbird"}, {"version", context.version}});
  scope.Set("spans", std::move(spans));
  json::Value resource;
  resource.Set("resource",
               json::Object{{"attributes", Attributes(context.resource)}});
  resource.Set("scopeSpans", json::Array{std::move(scope)});
  return json::Object{{"resourceSpans", json::Array{std::move(resource)}}};
}

}  // namespace ovenbird::build
