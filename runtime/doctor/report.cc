#include "runtime/doctor/report.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/writer.h"
#include "runtime/report/visible.h"

namespace ovenbird::doctor {
namespace {

// As wide as the longest state, and two spaces.
constexpr size_t kStateWidth = 9;

int Count(const Findings& findings, State state) {
  return static_cast<int>(std::count_if(
      findings.begin(), findings.end(),
      [state](const Finding& finding) { return finding.state == state; }));
}

std::string Number(int count, absl::string_view what) {
  return absl::StrCat(count == 0 ? "no" : absl::StrCat(count), " ", what,
                      count == 1 ? "" : "s");
}

std::string Padded(absl::string_view state) {
  return absl::StrCat(state, std::string(kStateWidth - state.size(), ' '));
}

}  // namespace

std::string ToText(const Findings& findings) {
  std::string text;
  const std::string indent(kStateWidth, ' ');
  for (size_t i = 0; i < findings.size(); ++i) {
    const Finding& finding = findings[i];
    absl::StrAppend(&text, Padded(ToString(finding.state)),
                    report::Visible(finding.subject), ": ",
                    report::Visible(finding.text), "\n");
    for (const std::string& detail : finding.details) {
      for (absl::string_view line : absl::StrSplit(detail, '\n')) {
        if (line.empty()) continue;
        absl::StrAppend(&text, indent, "  ", report::Visible(line), "\n");
      }
    }
    // Findings in a row with one next step, such as missing rights.
    const bool is_repeated =
        i + 1 < findings.size() && findings[i + 1].next == finding.next;
    if (!finding.next.empty() && !is_repeated) {
      absl::StrAppend(&text, indent, "next: ", report::Visible(finding.next),
                      "\n");
    }
  }
  absl::StrAppend(&text, Number(Count(findings, State::kError), "error"), ", ",
                  Number(Count(findings, State::kWarning), "warning"), "\n");
  return text;
}

std::string ToJson(const Findings& findings) {
  std::string text;
  JsonWriter out(&text, /*pretty=*/true);
  out.BeginObject();
  out.Key("errors");
  out.Int(Count(findings, State::kError));
  out.Key("warnings");
  out.Int(Count(findings, State::kWarning));
  out.Key("findings");
  out.BeginArray();
  for (const Finding& finding : findings) {
    out.BeginObject();
    out.Key("check");
    out.String(finding.check);
    out.Key("subject");
    out.String(finding.subject);
    out.Key("state");
    out.String(ToString(finding.state));
    out.Key("text");
    out.String(finding.text);
    out.Key("details");
    out.BeginArray();
    for (const std::string& detail : finding.details) out.String(detail);
    out.EndArray();
    out.Key("next");
    out.String(finding.next);
    out.EndObject();
  }
  out.EndArray();
  out.EndObject();
  return text + "\n";
}

}  // namespace ovenbird::doctor
