#include "runtime/cli/trace.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "runtime/base/file.h"
#include "runtime/base/json.h"
#include "runtime/build/trace/otlp.h"
#include "runtime/build/trace/send.h"
#include "runtime/build/trace/settings.h"
#include "runtime/cli/version.h"

namespace ovenbird::cli {

TraceEnd ExportTrace(const build::RunResult& result, int exit_code,
                     const std::string& file, Cancellation& cancel) {
  TraceEnd end;
  absl::StatusOr<std::optional<build::TraceCollector>> collector =
      build::FindTraceCollector();
  end.collector = collector.status();
  const bool is_sent = collector.ok() && collector->has_value();
  if (file.empty() && !is_sent) return end;
  build::TraceContext context = build::FindTraceContext(kVersion);
  context.exit_code = exit_code;
  // One line: what reads such files expects a request in each.
  std::string text = json::Write(build::MakeTrace(result, context));
  if (!file.empty()) end.file = WriteFile(file, absl::StrCat(text, "\n"));
  if (!is_sent || (context.parent && !context.parent->is_sampled)) return end;
  build::TraceCollector& to = **collector;
  const bool is_hurried = cancel.cancelled();
  if (is_hurried) to.timeout = std::min(to.timeout, absl::Seconds(1));
  end.collector =
      build::SendTrace(to, std::move(text), is_hurried ? nullptr : &cancel);
  return end;
}

}  // namespace ovenbird::cli
