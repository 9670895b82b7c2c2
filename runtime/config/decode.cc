#include "runtime/config/decode.h"

#include <utility>

#include "absl/numeric/bits.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/suggest.h"
#include "runtime/config/reflect.h"
#include "runtime/config/unknown_field.h"
#include "runtime/config/value.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config::decode {
namespace {

using absl::string_view;

// What is filled in for a field of a list or map that has the wrong size.
std::string SizeText(int64_t size) {
  if (size == 0) return "no items";
  return absl::StrCat(size, size == 1 ? " item" : " items");
}

std::string SizeBounds(const FieldInfo& field) {
  if (field.max_size == INT64_MAX) {
    return absl::StrCat("at least ", field.min_size);
  }
  if (field.min_size == 0) return absl::StrCat("at most ", field.max_size);
  return absl::StrCat("from ", field.min_size, " to ", field.max_size);
}

// One message: its fields as they are found in a mapping.
class MessageDecoder {
 public:
  MessageDecoder(const MessageInfo& info, const yaml::Node& node,
                 Context& context, void* out)
      : info_(info), node_(node), context_(context), out_(out) {}

  void Decode();

 private:
  void DecodeField(size_t index, const yaml::Entry& entry);
  void DecodeOne(const FieldInfo& field, const yaml::Node& node);
  void DecodeList(const FieldInfo& field, const yaml::Node& node);
  void DecodeMap(const FieldInfo& field, const yaml::Node& node);
  void DecodeItem(const FieldInfo& field, const yaml::Node& node,
                  string_view key);
  void CheckKey(const FieldInfo& field, const yaml::Entry& entry);
  void CheckSize(const FieldInfo& field, const yaml::Node& node, size_t size);
  void CheckUnique(const FieldInfo& field, const yaml::Node& node);
  void CheckRequired();
  void CheckRules();
  void CheckAlternatives(const CrossRule& rule);
  void CheckNeeds(const CrossRule& rule);

  void* MemberOf(const FieldInfo& field) const { return field.member.of(out_); }
  std::vector<string_view> NamesOf(uint64_t fields) const;
  // Where a problem of the whole section is shown: its key, else its first key.
  Span SectionSpan() const;

  const MessageInfo& info_;
  const yaml::Node& node_;
  Context& context_;
  void* out_;
  uint64_t present_ = 0;  // the key is there
  uint64_t given_ = 0;    // and has a value
};

void MessageDecoder::Decode() {
  if (info_.source != nullptr) *info_.source(out_) = &node_;
  const Context::MessageScope scope(&context_, info_);
  for (const yaml::Entry& entry : node_.entries()) {
    size_t index = 0;
    while (index < info_.fields.size() &&
           info_.fields[index].name != entry.key()) {
      ++index;
    }
    if (index == info_.fields.size()) {
      ReportUnknownField(info_, node_, entry, context_);
      continue;
    }
    present_ |= uint64_t{1} << index;
    DecodeField(index, entry);
  }
  CheckRequired();
  CheckRules();
}

void MessageDecoder::DecodeField(size_t index, const yaml::Entry& entry) {
  const FieldInfo& field = info_.fields[index];
  const yaml::Node& node = *entry.value();
  const Context::Scope scope(&context_, entry.key(), entry.key_span());
  if (field.deprecated != nullptr) {
    context_.Report(
        diag::DeprecatedField(entry.key_span(), field.name, field.deprecated),
        nullptr);
  }
  if (field.member.ops->kind == Kind::kNode &&
      field.member.ops->shape == Shape::kOne) {
    *static_cast<const yaml::Node**>(MemberOf(field)) = &node;
    given_ |= uint64_t{1} << index;
    return;
  }
  if (node.is_null() && !field.has(kNullIsEmpty)) {
    if (field.has(kRequired)) ReportNull(field, false, node, context_);
    return;
  }
  const bool is_unset =
      field.has(kEmptyIsUnset) && node.is_scalar() && node.scalar().empty();
  if (is_unset) return;
  given_ |= uint64_t{1} << index;
  switch (field.member.ops->shape) {
    case Shape::kOne:
      return DecodeOne(field, node);
    case Shape::kList:
      return DecodeList(field, node);
    case Shape::kMap:
      return DecodeMap(field, node);
  }
}

void MessageDecoder::DecodeOne(const FieldInfo& field, const yaml::Node& node) {
  const MemberOps& ops = *field.member.ops;
  void* member = MemberOf(field);
  if (ops.kind == Kind::kMessage) {
    if (!node.is_mapping() && !node.is_null()) {
      return ReportWrongType(field, true, node, context_);
    }
    return DecodeMessage(ops.message(), node, context_, ops.emplace(member));
  }
  if (!ops.optional) {
    DecodeScalar(field, node, context_, member);
    return;
  }
  // An optional stays absent when its value is wrong.
  std::string text;
  int64_t number = 0;
  void* value = ops.kind == Kind::kString ? static_cast<void*>(&text)
                                          : static_cast<void*>(&number);
  if (!DecodeScalar(field, node, context_, value)) return;
  if (ops.kind == Kind::kString) {
    if (text.empty() && field.has(kEmptyIsUnset)) return;
    *static_cast<std::string*>(ops.emplace(member)) = std::move(text);
  } else {
    CopyScalar(ops.kind, value, ops.emplace(member));
  }
}

void MessageDecoder::DecodeList(const FieldInfo& field,
                                const yaml::Node& node) {
  if (!node.is_sequence()) {
    return ReportWrongType(field, false, node, context_);
  }
  field.member.ops->reserve(MemberOf(field), node.items().size());
  for (size_t i = 0; i < node.items().size(); ++i) {
    const Context::Scope scope(&context_, i);
    DecodeItem(field, *node.items()[i], {});
  }
  CheckSize(field, node, node.items().size());
  if (field.has(kUnique) || field.unique_by != nullptr) {
    CheckUnique(field, node);
  }
}

void MessageDecoder::DecodeMap(const FieldInfo& field, const yaml::Node& node) {
  if (!node.is_mapping()) {
    return ReportWrongType(field, false, node, context_);
  }
  field.member.ops->reserve(MemberOf(field), node.entries().size());
  for (const yaml::Entry& entry : node.entries()) {
    CheckKey(field, entry);
    const Context::Scope scope(&context_, entry.key(), entry.key_span());
    DecodeItem(field, *entry.value(), entry.key());
  }
  CheckSize(field, node, node.entries().size());
}

// Items that are wrong stand in the list with their default, so that indices
// are those of the file.
void MessageDecoder::DecodeItem(const FieldInfo& field, const yaml::Node& node,
                                string_view key) {
  const MemberOps& ops = *field.member.ops;
  const bool is_null = node.is_null() && ops.kind != Kind::kNode;
  void* item = ops.append(MemberOf(field), key, is_null);
  if (ops.kind == Kind::kNode) {
    *static_cast<const yaml::Node**>(item) = &node;
  } else if (is_null) {
    if (!ops.nullable) ReportNull(field, true, node, context_);
  } else if (ops.kind != Kind::kMessage) {
    DecodeScalar(field, node, context_, item);
  } else if (node.is_mapping()) {
    DecodeMessage(ops.message(), node, context_, item);
  } else {
    ReportWrongType(field, true, node, context_);
  }
}

void MessageDecoder::CheckKey(const FieldInfo& field,
                              const yaml::Entry& entry) {
  if (entry.key().empty()) {
    context_.Report(diag::EmptyKey(entry.key_span(), context_.FieldText()),
                    nullptr);
    return;
  }
  if (field.key_format == Format::kNone) return;
  const std::string problem = FormatProblem(field.key_format, entry.key());
  if (problem.empty()) return;
  context_.Report(diag::BadKey(entry.key_span(), context_.FieldText(),
                               entry.key(), FormatName(field.key_format),
                               problem, FormatAdvice(field.key_format)),
                  nullptr);
}

void MessageDecoder::CheckSize(const FieldInfo& field, const yaml::Node& node,
                               size_t size) {
  const auto count = static_cast<int64_t>(size);
  if (count >= field.min_size && count <= field.max_size) return;
  context_.Report(diag::WrongSize(node.span(), context_.FieldText(),
                                  SizeText(count), SizeBounds(field), ""),
                  &node);
}

void MessageDecoder::CheckUnique(const FieldInfo& field,
                                 const yaml::Node& node) {
  HashMap<string_view, Span> seen;
  for (size_t i = 0; i < node.items().size(); ++i) {
    const yaml::Node* item = node.items()[i];
    if (field.unique_by != nullptr) item = item->Find(field.unique_by);
    if (item == nullptr || !item->is_scalar()) continue;
    const auto [first, is_new] = seen.emplace(item->scalar(), item->span());
    if (is_new) continue;
    const Context::Scope scope(&context_, i);
    context_.Report(
        diag::DuplicateItem(item->span(), item->scalar(), field.name)
            .WithLabel(first->second, "first given here"),
        item);
  }
}

Span MessageDecoder::SectionSpan() const {
  if (context_.key_span()) return context_.key_span();
  if (!node_.entries().empty()) return node_.entries()[0].key_span();
  return node_.span();
}

std::vector<string_view> MessageDecoder::NamesOf(uint64_t fields) const {
  std::vector<string_view> names;
  for (size_t i = 0; i < info_.fields.size(); ++i) {
    if ((fields >> i) & 1) names.push_back(info_.fields[i].name);
  }
  return names;
}

// A short value to show in "add it, for example ...".
std::string ExampleOf(const FieldInfo& field) {
  for (const char* example : field.examples) {
    if (string_view(example).find('\n') == string_view::npos) return example;
  }
  if (field.member.ops->kind == Kind::kEnum) {
    return std::string(field.member.ops->enumeration().values[0].text);
  }
  if (field.member.ops->kind == Kind::kBool) return "true";
  return "...";
}

void MessageDecoder::CheckRequired() {
  for (size_t i = 0; i < info_.fields.size(); ++i) {
    const FieldInfo& field = info_.fields[i];
    if (!field.has(kRequired) || ((present_ >> i) & 1)) continue;
    context_.Report(diag::MissingField(SectionSpan(), field.name,
                                       context_.Place(), ExampleOf(field)),
                    &node_);
  }
}

void MessageDecoder::CheckRules() {
  for (const CrossRule& rule : info_.rules) {
    if (rule.type == CrossRule::kRequires) {
      CheckNeeds(rule);
    } else {
      CheckAlternatives(rule);
    }
  }
}

void MessageDecoder::CheckAlternatives(const CrossRule& rule) {
  const uint64_t given = given_ & rule.fields;
  if (given == 0) {
    if (rule.type != CrossRule::kExactlyOne) return;
    context_.Report(diag::NoneOf(SectionSpan(), Enumerate(NamesOf(rule.fields)),
                                 context_.Place()),
                    &node_);
    return;
  }
  if (absl::popcount(given) == 1) return;
  const std::vector<string_view> names = NamesOf(given);
  diag::Diagnostic problem = diag::SeveralOf(
      KeySpanOf(&node_, names[1]), Enumerate(names), context_.Place());
  problem.WithLabel(KeySpanOf(&node_, names[0]), "first one");
  context_.Report(std::move(problem), &node_);
}

void MessageDecoder::CheckNeeds(const CrossRule& rule) {
  if ((given_ & rule.fields) == 0) return;
  const uint64_t missing = rule.required & ~given_;
  if (missing == 0) return;
  const string_view field = NamesOf(rule.fields)[0];
  context_.Report(
      diag::MissingCompanion(KeySpanOf(&node_, field), field,
                             Enumerate(NamesOf(missing)), context_.Place()),
      &node_);
}

// What to write in place of a file whose top level is no mapping.
string_view FileAdvice(const yaml::Node& node) {
  if (node.is_sequence()) return "write the keys without `- ` in front of them";
  for (const string_view keyword : {"FROM ", "ARG "}) {
    if (absl::StartsWithIgnoreCase(node.scalar(), keyword)) {
      return "this is a Dockerfile: give the path of a config, whose "
             "`dockerfile` names it";
    }
  }
  return "";
}

}  // namespace

void DecodeMessage(const MessageInfo& info, const yaml::Node& node,
                   Context& context, void* out) {
  if (!node.is_mapping() && !node.is_null()) {
    // Only of what is decoded on its own: fields and items were looked at.
    const SourceFile* file = node.span().file;
    const std::string field = context.FieldText();
    context.Report(
        diag::WrongType(node.span(),
                        field.empty() && file != nullptr ? file->name() : field,
                        kSectionWords, Found(node),
                        field.empty() ? FileAdvice(node) : ""),
        &node);
    return;
  }
  MessageDecoder(info, node, context, out).Decode();
}

Span SpanOf(const yaml::Node* source, absl::string_view field) {
  if (source == nullptr) return {};
  const yaml::Entry* entry = source->FindEntry(field);
  if (entry == nullptr) return source->span();
  return entry->value()->span() ? entry->value()->span() : entry->key_span();
}

Span KeySpanOf(const yaml::Node* source, absl::string_view field) {
  if (source == nullptr) return {};
  const yaml::Entry* entry = source->FindEntry(field);
  return entry == nullptr ? source->span() : entry->key_span();
}

bool IsGiven(const yaml::Node* source, absl::string_view field) {
  if (source == nullptr) return false;
  const yaml::Node* value = source->Find(field);
  return value != nullptr && !value->is_null();
}

}  // namespace ovenbird::config::decode
