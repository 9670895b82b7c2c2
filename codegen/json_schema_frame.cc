#include "codegen/json_schema_frame.h"

#include <string>

#include "absl/strings/str_cat.h"

namespace ovenbird::codegen {
namespace {

void AppendPair(const char* key, const std::string& value, JsonText* out) {
  out->Key(key);
  out->String(value);
}

}  // namespace

void AppendHeading(const Schema& schema, JsonText* out) {
  AppendPair("$schema", "http://json-schema.org/draft-07/schema#", out);
  AppendPair("$comment",
             absl::StrCat("Generated from ", schema.file, ". Do not edit."),
             out);
  if (!schema.id.empty()) AppendPair("$id", schema.id, out);
  if (!schema.title.empty()) AppendPair("title", schema.title, out);
}

void AppendRoot(const Message& root, JsonText* out) {
  out->Key("allOf");
  out->Open('[');
  out->Open('{');
  AppendPair("$ref", absl::StrCat("#/definitions/", root.name), out);
  out->Close('}');
  out->Close(']');
}

void AppendDefinitions(const Schema& schema,
                       const std::function<void(const Message&)>& body,
                       JsonText* out) {
  out->Key("definitions");
  out->Open('{');
  for (const auto& message : schema.all_messages) {
    out->Key(message->name);
    out->Open('{');
    body(*message);
    out->Close('}');
  }
  out->Close('}');
}

}  // namespace ovenbird::codegen
