#include "codegen/model.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "codegen/docs_text.h"
#include "codegen/errors.h"
#include "codegen/field_checks.h"
#include "codegen/model_diagnostics.h"
#include "codegen/names.h"
#include "codegen/yaml_value.h"

namespace ovenbird::codegen {
namespace {

namespace pb = google::protobuf;

constexpr char kAnyValue[] = "ovenbird.schema.AnyValue";

// Numbers of options in options.proto, for the places of errors.
constexpr int kRule = 50100;
constexpr int kExactlyOneOf = 1;
constexpr int kAtMostOneOf = 2;
constexpr int kNeeds = 3;

// A message has a set of its given fields in 64 bits.
constexpr int kMaxFields = 64;

class SchemaReader {
 public:
  explicit SchemaReader(const pb::FileDescriptor* file) : file_(file) {}

  std::unique_ptr<Schema> Build(std::string* errors);

 private:
  void ReadFileOptions(const schema::FileSchema& options);
  void CheckNamespace();
  void AddTypes();
  void FindRoot(const std::string& name);
  void AddEnum(const pb::EnumDescriptor* in);
  void AddMessage(const pb::Descriptor* in);
  void AddNested(const pb::Descriptor* in);
  void FillMessage(const pb::Descriptor* in, Message* out);
  void FillField(const pb::FieldDescriptor* in, Field* out);
  void FillType(const pb::FieldDescriptor* in, Field* out);
  void FillRules(const pb::Descriptor* in, Message* out);
  int FindField(const pb::Descriptor* in, const Message& message,
                const std::string& name, std::vector<int> option);
  void AddImport(const pb::FileDescriptor* file);
  void MarkRecursive();

  bool NeedsDocs() const { return schema_->kind != schema::OBJECTS; }
  bool NeedsExamples() const { return schema_->kind == schema::CONFIG; }
  // Name of a type in C++: nested ones are next to their parent.
  template <typename Type>
  static std::string TypeName(const Type* type) {
    std::string name = type->name();
    for (const pb::Descriptor* outer = type->containing_type();
         outer != nullptr; outer = outer->containing_type()) {
      name = outer->name() + name;
    }
    return SafeName(name, ReservedTypes());
  }

  const pb::FileDescriptor* file_;
  std::unique_ptr<Schema> schema_ = std::make_unique<Schema>();
  Errors errors_;
  std::map<const pb::Descriptor*, Message*> messages_;
  std::map<const pb::EnumDescriptor*, Enum*> enums_;
  std::vector<std::pair<const pb::Descriptor*, Message*>> to_fill_;
  std::map<std::string, const void*> type_names_;
};

std::string NamespaceOf(const pb::FileDescriptor* file) {
  return file->options().GetExtension(schema::file).cpp_namespace();
}

void SchemaReader::ReadFileOptions(const schema::FileSchema& options) {
  schema_->file = file_->name();
  schema_->kind = options.kind();
  schema_->cpp_namespace = options.cpp_namespace();
  schema_->title = options.title();
  schema_->id = options.id();
  schema_->has_variables = options.has_variables();
  pb::SourceLocation syntax;
  if (file_->GetSourceLocation({12}, &syntax)) {
    schema_->docs = CommentText(syntax.leading_comments);
  }
}

void SchemaReader::CheckNamespace() {
  if (schema_->cpp_namespace.empty()) {
    errors_.AddToFile(file_,
                      "the file has no option (ovenbird.schema.file) "
                      "with a `cpp_namespace`");
  }
  for (absl::string_view part :
       absl::StrSplit(schema_->cpp_namespace, "::", absl::SkipEmpty())) {
    if (SafeName(part, {"std", "absl"}) != part) {
      errors_.AddToFile(
          file_,
          absl::StrCat("`", part,
                       "` in `cpp_namespace` is not a name for a namespace"));
    }
  }
}

void SchemaReader::AddTypes() {
  for (int i = 0; i < file_->enum_type_count(); ++i) {
    AddEnum(file_->enum_type(i));
  }
  for (int i = 0; i < file_->message_type_count(); ++i) {
    AddMessage(file_->message_type(i));
  }
  // Filling one may find further ones in imported files.
  for (size_t i = 0; i < to_fill_.size(); ++i) {
    FillMessage(to_fill_[i].first, to_fill_[i].second);
  }
  if (file_->service_count() > 0) {
    errors_.Add(file_->service(0), "a schema has no services");
  }
}

void SchemaReader::FindRoot(const std::string& name) {
  if (name.empty()) {
    if (schema_->kind == schema::OUTPUT) {
      errors_.AddToFile(file_, "a schema of output names its root");
    }
    return;
  }
  const pb::Descriptor* root = file_->FindMessageTypeByName(name);
  if (root == nullptr) {
    errors_.AddToFile(
        file_, absl::StrCat("root `", name, "` is not a message of the file"));
    return;
  }
  schema_->root = messages_[root];
  if (schema_->kind == schema::OUTPUT && schema_->root->examples.empty()) {
    errors_.Add(root, absl::StrCat("root `", name, "` has no example"));
  }
}

std::unique_ptr<Schema> SchemaReader::Build(std::string* errors) {
  const schema::FileSchema& options =
      file_->options().GetExtension(schema::file);
  ReadFileOptions(options);
  CheckNamespace();
  for (int i = 0; i < file_->dependency_count(); ++i) {
    AddImport(file_->dependency(i));
  }
  if (schema_->kind == schema::DIAGNOSTICS) {
    ReadDiagnostics(file_, schema_.get(), &errors_);
  } else {
    AddTypes();
  }
  FindRoot(options.root());
  if (!errors_.empty()) {
    *errors = errors_.ToString();
    return nullptr;
  }
  MarkRecursive();
  return std::move(schema_);
}

void SchemaReader::AddImport(const pb::FileDescriptor* file) {
  if (!file->options().HasExtension(schema::file)) return;
  schema_->imports.push_back(file->name());
}

void SchemaReader::AddEnum(const pb::EnumDescriptor* in) {
  if (enums_.count(in) > 0) return;
  auto out = std::make_unique<Enum>();
  out->name = TypeName(in);
  out->cpp_namespace = NamespaceOf(in->file());
  out->imported = in->file() != file_;
  out->docs = DocsOf(in);
  if (!type_names_
           .emplace(absl::StrCat(out->cpp_namespace, "::", out->name), in)
           .second) {
    errors_.Add(in, absl::StrCat("name `", out->name, "` is used twice"));
  }
  if (NeedsDocs() && out->docs.empty()) {
    errors_.Add(in, absl::StrCat("enum `", in->name(), "` has no comment"));
  }
  std::set<std::string> strings;
  std::set<std::string> constants;
  for (int i = 0; i < in->value_count(); ++i) {
    const pb::EnumValueDescriptor* value = in->value(i);
    const schema::EnumValueRule& rule =
        value->options().GetExtension(schema::value);
    const std::string bare = WithoutEnumPrefix(value->name(), in->name());
    EnumValue entry;
    entry.constant = ConstantName(bare);
    entry.text = rule.has_text() ? rule.text() : absl::AsciiStrToLower(bare);
    entry.number = value->number();
    entry.docs = DocsOf(value);
    entry.since = rule.since();
    entry.deprecated = rule.deprecated();
    if (NeedsDocs() && entry.docs.empty()) {
      errors_.Add(value,
                  absl::StrCat("value `", value->name(), "` has no comment"));
    }
    if (!strings.insert(entry.text).second) {
      errors_.Add(value, absl::StrCat("text `", entry.text,
                                      "` is used twice in `", in->name(), "`"));
    }
    if (!constants.insert(entry.constant).second) {
      errors_.Add(value, absl::StrCat("name `", entry.constant,
                                      "` is used twice in `", in->name(), "`"));
    }
    out->values.push_back(std::move(entry));
  }
  enums_[in] = out.get();
  if (!out->imported) schema_->enums.push_back(out.get());
  schema_->all_enums.push_back(std::move(out));
}

void SchemaReader::AddMessage(const pb::Descriptor* in) {
  if (messages_.count(in) > 0 || in->options().map_entry()) return;
  auto out = std::make_unique<Message>();
  out->name = TypeName(in);
  out->cpp_namespace = NamespaceOf(in->file());
  out->imported = in->file() != file_;
  out->docs = DocsOf(in);
  const schema::MessageRule& rule = in->options().GetExtension(schema::message);
  out->title = rule.has_title() ? rule.title() : in->name();
  out->examples = {rule.example().begin(), rule.example().end()};
  if (!type_names_
           .emplace(absl::StrCat(out->cpp_namespace, "::", out->name), in)
           .second) {
    errors_.Add(in, absl::StrCat("name `", out->name, "` is used twice"));
  }
  messages_[in] = out.get();
  Message* message = out.get();
  schema_->all_messages.push_back(std::move(out));
  to_fill_.emplace_back(in, message);
  if (message->imported) {
    const pb::FileDescriptor* file = in->file();
    if (file->options().GetExtension(schema::file).kind() != schema_->kind) {
      errors_.AddToFile(
          file_, absl::StrCat("message `", in->full_name(), "` is of `",
                              file->name(), "`, a schema of a different kind"));
    }
    return;
  }
  schema_->messages.push_back(message);
  AddNested(in);
}

void SchemaReader::AddNested(const pb::Descriptor* in) {
  for (int i = 0; i < in->enum_type_count(); ++i) AddEnum(in->enum_type(i));
  for (int i = 0; i < in->nested_type_count(); ++i) {
    AddMessage(in->nested_type(i));
  }
}

void SchemaReader::FillMessage(const pb::Descriptor* in, Message* out) {
  if (NeedsDocs() && out->docs.empty()) {
    errors_.Add(in, absl::StrCat("message `", in->name(), "` has no comment"));
  }
  if (in->oneof_decl_count() > 0) {
    errors_.Add(in->oneof_decl(0)->field(0),
                "write `exactly_one_of` or `at_most_one_of` instead of oneof");
  }
  if (in->extension_range_count() > 0 || in->extension_count() > 0) {
    errors_.Add(in, "a schema has no extensions");
  }
  if (in->field_count() > kMaxFields) {
    errors_.Add(in, absl::StrCat("message `", in->name(), "` has more than ",
                                 kMaxFields, " fields"));
    return;
  }
  std::set<std::string> names;
  // A member that is called like a type would hide it.
  std::vector<std::string> members = ReservedMembers();
  for (const Message* type : schema_->messages) members.push_back(type->name);
  for (const Enum* type : schema_->enums) members.push_back(type->name);
  if (schema_->kind == schema::CONFIG) members.push_back("source");
  for (int i = 0; i < in->field_count(); ++i) {
    Field field;
    field.member = SafeName(in->field(i)->name(), members);
    members.push_back(field.member);
    FillField(in->field(i), &field);
    if (!names.insert(field.name).second) {
      errors_.Add(in->field(i),
                  absl::StrCat("name `", field.name, "` is used twice in `",
                               in->name(), "`"));
    }
    out->fields.push_back(std::move(field));
  }
  FillRules(in, out);
}

void SchemaReader::FillField(const pb::FieldDescriptor* in, Field* out) {
  out->rule = in->options().GetExtension(schema::field);
  out->name = out->rule.has_name() ? out->rule.name() : LowerCamel(in->name());
  out->docs = DocsOf(in);
  if (NeedsDocs() && out->docs.empty()) {
    errors_.Add(in, absl::StrCat("field `", in->name(), "` has no comment"));
  }
  FillType(in, out);
  CheckField(in, schema_->kind, out, &errors_);
  out->plain = out->shape == Shape::kOne && out->kind != Kind::kMessage &&
               out->kind != Kind::kAny &&
               (out->has_default || out->rule.required());
}

void SchemaReader::FillType(const pb::FieldDescriptor* in, Field* out) {
  const pb::FieldDescriptor* item = in;
  if (in->is_map()) {
    out->shape = Shape::kMap;
    item = in->message_type()->map_value();
    if (in->message_type()->map_key()->type() !=
        pb::FieldDescriptor::TYPE_STRING) {
      errors_.Add(in, "the keys of a map must be strings");
    }
  } else if (in->is_repeated()) {
    out->shape = Shape::kList;
  }
  switch (item->type()) {
    case pb::FieldDescriptor::TYPE_BOOL:
      out->kind = Kind::kBool;
      break;
    case pb::FieldDescriptor::TYPE_INT32:
      out->kind = Kind::kInt32;
      break;
    case pb::FieldDescriptor::TYPE_INT64:
      out->kind = Kind::kInt64;
      break;
    case pb::FieldDescriptor::TYPE_DOUBLE:
      out->kind = Kind::kDouble;
      break;
    case pb::FieldDescriptor::TYPE_STRING:
      out->kind = Kind::kString;
      break;
    case pb::FieldDescriptor::TYPE_ENUM:
      out->kind = Kind::kEnum;
      AddEnum(item->enum_type());
      out->enumeration = enums_[item->enum_type()];
      break;
    case pb::FieldDescriptor::TYPE_MESSAGE:
      if (item->message_type()->full_name() == kAnyValue) {
        out->kind = Kind::kAny;
        break;
      }
      out->kind = Kind::kMessage;
      AddMessage(item->message_type());
      out->message = messages_[item->message_type()];
      break;
    default:
      errors_.Add(in,
                  absl::StrCat("type ", item->type_name(),
                               " is not supported in schemas; use bool, int32, "
                               "int64, double, string, an enum or a message"));
  }
}

int SchemaReader::FindField(const pb::Descriptor* in, const Message& message,
                            const std::string& name, std::vector<int> option) {
  for (size_t i = 0; i < message.fields.size(); ++i) {
    if (message.fields[i].name == name) return static_cast<int>(i);
  }
  errors_.AddAtOption(in, std::move(option),
                      absl::StrCat("rule of `", in->name(),
                                   "` names the unknown field `", name, "`"));
  return 0;
}

void SchemaReader::FillRules(const pb::Descriptor* in, Message* out) {
  const schema::MessageRule& rule = in->options().GetExtension(schema::message);
  if (NeedsExamples() && rule.example_size() == 0) {
    errors_.Add(in, absl::StrCat("message `", in->name(), "` has no example"));
  }
  for (int i = 0; i < rule.example_size(); ++i) {
    std::string json;
    std::string why;
    if (!YamlToJson(rule.example(i), &json, &why)) {
      errors_.AddAtOption(
          in, {kRule, schema::MessageRule::kExampleFieldNumber, i},
          absl::StrCat("example of `", in->name(), "` is not YAML: ", why));
    }
  }
  const auto add_set = [&](const schema::FieldSet& set, CrossRule::Type type,
                           std::vector<int> option) {
    CrossRule cross;
    cross.type = type;
    for (const std::string& name : set.field()) {
      cross.fields.push_back(FindField(in, *out, name, option));
    }
    if (set.field_size() < 2) {
      errors_.AddAtOption(in, option,
                          absl::StrCat("rule of `", in->name(),
                                       "` names fewer than two fields"));
    }
    out->rules.push_back(std::move(cross));
  };
  for (int i = 0; i < rule.exactly_one_of_size(); ++i) {
    add_set(rule.exactly_one_of(i), CrossRule::kExactlyOne,
            {kRule, kExactlyOneOf, i});
  }
  for (int i = 0; i < rule.at_most_one_of_size(); ++i) {
    add_set(rule.at_most_one_of(i), CrossRule::kAtMostOne,
            {kRule, kAtMostOneOf, i});
  }
  for (int i = 0; i < rule.needs_size(); ++i) {
    const std::vector<int> option = {kRule, kNeeds, i};
    CrossRule cross;
    cross.type = CrossRule::kRequires;
    cross.fields.push_back(FindField(in, *out, rule.needs(i).field(), option));
    for (const std::string& name : rule.needs(i).needed()) {
      cross.required.push_back(FindField(in, *out, name, option));
    }
    if (cross.required.empty()) {
      errors_.AddAtOption(
          in, option, absl::StrCat("rule of `", in->name(), "` needs nothing"));
    }
    out->rules.push_back(std::move(cross));
  }
}

// True when a value of `from` has to contain one of `to`, by members that are
// single messages.
bool Reaches(const Message* from, const Message* to,
             std::set<const Message*>* seen) {
  if (from == to) return true;
  if (!seen->insert(from).second) return false;
  for (const Field& field : from->fields) {
    if (field.shape == Shape::kOne && field.kind == Kind::kMessage &&
        Reaches(field.message, to, seen)) {
      return true;
    }
  }
  return false;
}

void SchemaReader::MarkRecursive() {
  for (const std::unique_ptr<Message>& message : schema_->all_messages) {
    for (Field& field : message->fields) {
      if (field.shape != Shape::kOne || field.kind != Kind::kMessage) continue;
      std::set<const Message*> seen;
      field.recursive = Reaches(field.message, message.get(), &seen);
    }
  }
}

void Define(const Message* message, std::set<const Message*>* seen,
            std::vector<const Message*>* out) {
  if (message->imported || !seen->insert(message).second) return;
  for (const Field& field : message->fields) {
    if (field.shape == Shape::kOne && field.kind == Kind::kMessage &&
        !field.recursive) {
      Define(field.message, seen, out);
    }
  }
  out->push_back(message);
}

}  // namespace

std::vector<const Message*> DefinitionOrder(const Schema& schema) {
  std::set<const Message*> seen;
  std::vector<const Message*> out;
  for (const Message* message : schema.messages) Define(message, &seen, &out);
  return out;
}

std::unique_ptr<Schema> BuildSchema(const pb::FileDescriptor* file,
                                    std::string* errors) {
  return SchemaReader(file).Build(errors);
}

}  // namespace ovenbird::codegen
