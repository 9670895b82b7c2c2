// A schema as plain structs: names resolved, options read, defaults parsed,
// rules checked. Emitters only print it.
#ifndef OVENBIRD_CODEGEN_MODEL_H_
#define OVENBIRD_CODEGEN_MODEL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "schema/options.pb.h"

namespace ovenbird::codegen {

using schema::FieldRule;
using schema::SchemaKind;

// The type of a value; of an item, for lists and maps.
enum class Kind {
  kBool,
  kInt32,
  kInt64,
  kDouble,
  kString,
  kEnum,
  kMessage,
  kAny,
};

// Whether a field has one value, a list of them, or a map from strings to them.
enum class Shape { kOne, kList, kMap };

// One value of an enum.
struct EnumValue {
  std::string constant;  // "kTime"
  std::string text;      // in the document: "time"
  int number = 0;
  std::string docs;
  std::string since;
  std::string deprecated;
};

// An enum of this schema file, or of an imported one that a field uses.
struct Enum {
  std::string name;  // in C++
  std::string cpp_namespace;
  std::string docs;
  bool imported = false;  // of another schema file
  std::vector<EnumValue> values;
};

struct Message;

// One field of a message.
struct Field {
  std::string member;  // in C++
  std::string name;    // in the document
  std::string docs;
  Shape shape = Shape::kOne;
  Kind kind = Kind::kString;
  const Message* message = nullptr;   // kMessage
  const Enum* enumeration = nullptr;  // kEnum
  // Always has a value in C++: the default, or the required one.
  bool plain = false;
  // A message that contains itself through this field: it is not complete where
  // the member is declared.
  bool recursive = false;
  bool has_default = false;
  // The default of a scalar as the document would have it, without quotes.
  std::string default_text;
  int default_enum = 0;  // kEnum: index of the value
  FieldRule rule;
};

// A rule across fields; the numbers are indices in Message::fields.
struct CrossRule {
  // kRequires: if the one field of `fields` is set, all of `required` must be.
  enum Type { kExactlyOne, kAtMostOne, kRequires };
  Type type = kExactlyOne;
  std::vector<int> fields;    // kRequires: the one field
  std::vector<int> required;  // kRequires only
};

// A message, emitted as a C++ struct.
struct Message {
  std::string name;  // in C++
  std::string cpp_namespace;
  std::string docs;
  std::string title;
  bool imported = false;  // of another schema file
  std::vector<Field> fields;
  std::vector<CrossRule> rules;
  std::vector<std::string> examples;
};

// A diagnostic, emitted as a C++ function that makes it.
struct Diagnostic {
  std::string function;  // "UnknownField"
  std::string id;        // "unknown-field"
  std::string docs;
  schema::Severity severity = schema::ERROR;
  std::string text;
  std::string label;
  std::string help;
  std::vector<std::string> args;
  std::string example;
  std::string since;
  std::string buildkit_check;
  bool depends_on_run = false;
};

// One schema file. It owns everything that its pointers point to.
struct Schema {
  std::string file;  // "schema/config.proto"
  std::string docs;  // of the file: the comment before `syntax`
  SchemaKind kind = schema::CONFIG;
  std::string cpp_namespace;
  std::string title;
  std::string id;
  bool has_variables = false;  // "${NAME}" in values
  const Message* root = nullptr;
  // Of this file, in the order of the file.
  std::vector<const Message*> messages;
  std::vector<const Enum*> enums;
  std::vector<Diagnostic> diagnostics;
  // Schema files that this one imports.
  std::vector<std::string> imports;

  // What the pointers above point to, imported ones included.
  std::vector<std::unique_ptr<Message>> all_messages;
  std::vector<std::unique_ptr<Enum>> all_enums;
};

// Returns the messages of this file, each after those that its members need to
// be complete.
std::vector<const Message*> DefinitionOrder(const Schema& schema);

// Returns the schema; null for a wrong one, with one line in `errors` for each
// problem, "file:line:column: text".
std::unique_ptr<Schema> BuildSchema(
    const google::protobuf::FileDescriptor* file, std::string* errors);

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_MODEL_H_
