#include "runtime/report/json_lines.h"

#include <cstdint>
#include <utility>

#include "absl/strings/string_view.h"
#include "runtime/base/json.h"
#include "runtime/report/command_text.h"
#include "runtime/report/region.h"
#include "runtime/report/text.h"

namespace ovenbird::report {
namespace {

constexpr int64_t kByteOrderMarkSize = 3;

// Of a file that cannot be read, only the name.
json::Value Location(Span span) {
  if (!span.file->is_readable()) {
    return json::Object{{"file", span.file->name()}};
  }
  span = Clamped(span);
  const Region region = RegionOf(span);
  const int64_t before =
      span.file->had_byte_order_mark() ? kByteOrderMarkSize : 0;
  return json::Object{{"file", span.file->name()},
                      {"line", region.start.line},
                      {"column", region.start.column},
                      {"endLine", region.end.line},
                      {"endColumn", region.end.column},
                      {"byteStart", before + int64_t{span.begin}},
                      {"byteEnd", before + int64_t{span.end}}};
}

json::Value Place(absl::string_view text, Span span) {
  json::Value place = json::Object{{"text", text}};
  if (span) place.Set("location", Location(span));
  return place;
}

json::Value FixObject(const diag::Fix& fix) {
  json::Array edits;
  for (const diag::Edit& edit : fix.edits) {
    edits.push_back(Place(edit.text, edit.span));
  }
  return json::Object{
      {"title", fix.title}, {"safe", fix.safe}, {"edits", std::move(edits)}};
}

void SetIfAny(absl::string_view key, absl::string_view text,
              json::Value* object) {
  if (!text.empty()) object->Set(key, text);
}

void SetIfAny(absl::string_view key, json::Array items, json::Value* object) {
  if (!items.empty()) object->Set(key, std::move(items));
}

json::Value DiagnosticObject(const diag::Diagnostic& d) {
  json::Value object = json::Object{{"id", d.rule ? d.rule->id : ""},
                                    {"severity", SeverityName(d.severity)},
                                    {"message", d.message}};
  SetIfAny("path", d.config_path, &object);
  if (d.span) object.Set("location", Location(d.span));
  SetIfAny("label", d.label, &object);
  SetIfAny("help", d.help, &object);
  json::Object args;
  for (const auto& [name, value] : d.args) {
    args.emplace_back(std::string(name), value);
  }
  if (!args.empty()) object.Set("args", std::move(args));
  json::Array labels, notes, fixes;
  for (const diag::Label& label : d.labels) {
    labels.push_back(Place(label.text, label.span));
  }
  for (const diag::Note& note : d.notes) {
    notes.push_back(Place(note.text, note.span));
  }
  for (const diag::Fix& fix : d.fixes) fixes.push_back(FixObject(fix));
  SetIfAny("labels", std::move(labels), &object);
  SetIfAny("notes", std::move(notes), &object);
  SetIfAny("fixes", std::move(fixes), &object);
  object.Set("rendered", RenderText(absl::MakeConstSpan(&d, 1)));
  return object;
}

}  // namespace

std::string RenderJsonLines(absl::Span<const diag::Diagnostic> diagnostics) {
  std::string out;
  for (const diag::Diagnostic& d : diagnostics) {
    out += JsonWithoutCommands(json::Write(DiagnosticObject(d)));
    out += "\n";
  }
  return out;
}

}  // namespace ovenbird::report
