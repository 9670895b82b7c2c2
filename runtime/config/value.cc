#include "runtime/config/value.h"

#include <cstring>
#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/mutex.h"
#include "runtime/base/suggest.h"
#include "runtime/config/format.h"
#include "runtime/config/list_text.h"
#include "runtime/config/scalar_values.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config::decode {
namespace {

using absl::string_view;

// Texts of values are cut in messages; the line itself is shown below.
std::string Shown(string_view text) {
  constexpr size_t kMost = 60;
  if (text.size() <= kMost) return std::string(text);
  // Not within a character.
  size_t end = kMost;
  while (end > kMost - 3 && (text[end] & 0xC0) == 0x80) --end;
  return absl::StrCat(text.substr(0, end), "...");
}

// Compiled once: patterns are string literals of the tables.
bool MatchesPattern(const char* pattern, string_view text) {
  struct Cache {
    Mutex mutex;
    HashMap<const char*, std::unique_ptr<RE2>> patterns ABSL_GUARDED_BY(mutex);
  };
  static Cache& cache = *new Cache();
  const RE2* compiled = nullptr;
  {
    MutexLock lock(&cache.mutex);
    std::unique_ptr<RE2>& entry = cache.patterns[pattern];
    if (entry == nullptr) entry = std::make_unique<RE2>(pattern);
    compiled = entry.get();
  }
  return RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *compiled);
}

std::string Bounds(int64_t low, int64_t high, int64_t lowest, int64_t highest) {
  if (low == high) return absl::StrCat(low);
  if (low <= lowest) return absl::StrCat("at most ", high);
  if (high >= highest) return absl::StrCat("at least ", low);
  return absl::StrCat("from ", low, " to ", high);
}

// An image name with a tag or digest is the commonest wrong one, and has
// messages of its own.
bool ReportTagOrDigest(string_view text, const yaml::Node& node,
                       Context& context) {
  if (!FormatProblem(Format::kImageReference, text).empty()) return false;
  const size_t at = text.find('@');
  if (at != string_view::npos) {
    context.Report(diag::ImageWithDigest(node.span(), text, text.substr(0, at)),
                   &node);
    return true;
  }
  const size_t colon = text.rfind(':');
  if (colon == string_view::npos) return false;
  context.Report(diag::ImageWithTag(node.span(), text, text.substr(0, colon),
                                    text.substr(colon + 1)),
                 &node);
  return true;
}

bool CheckText(const FieldInfo& field, string_view text, const yaml::Node& node,
               Context& context) {
  if (text.empty() && field.has(kEmptyIsUnset)) return true;
  const auto size = static_cast<int64_t>(text.size());
  if (field.member.ops->shape == Shape::kOne &&
      (size < field.min_size || size > field.max_size)) {
    context.Report(
        diag::WrongSize(
            node.span(), context.FieldText(),
            size == 0 ? "no characters" : absl::StrCat(size, " bytes"),
            size == 0 ? "at least one character"
                      : Bounds(field.min_size, field.max_size, 0, INT64_MAX),
            size == 0 ? "set a value, or remove the line" : ""),
        &node);
    return false;
  }
  if (field.format != Format::kNone) {
    const std::string problem = FormatProblem(field.format, text);
    if (!problem.empty()) {
      if (field.format != Format::kImageName ||
          !ReportTagOrDigest(text, node, context)) {
        context.Report(diag::BadFormat(node.span(), context.FieldText(),
                                       Shown(text), FormatName(field.format),
                                       problem, FormatAdvice(field.format)),
                       &node);
      }
      return false;
    }
  }
  if (field.pattern != nullptr && !MatchesPattern(field.pattern, text)) {
    context.Report(
        diag::BadFormat(node.span(), context.FieldText(), Shown(text),
                        field.pattern_help, "",
                        absl::StrCat("it must match ", field.pattern)),
        &node);
    return false;
  }
  return true;
}

// `1.50` is read as a number and comes out as 1.5. A quantity means the same
// either way.
void WarnOfRewriting(const FieldInfo& field, const std::string& text,
                     const yaml::Node& node, Context& context) {
  if (text == node.scalar() || field.format == Format::kQuantity) return;
  bool truth;
  context.Report(
      diag::RewrittenText(node.span(), context.FieldText(), node.scalar(),
                          ReadBool(node, &truth) ? "a boolean" : "a number",
                          text)
          .WithFix({"put it in quotes",
                    {{node.span(), absl::StrCat("\"", node.scalar(), "\"")}}}),
      &node);
}

bool DecodeText(const FieldInfo& field, const yaml::Node& node,
                Context& context, std::string* out) {
  std::string text = ReadString(node);
  if (!CheckText(field, text, node, context)) return false;
  WarnOfRewriting(field, text, node, context);
  *out = std::move(text);
  return true;
}

bool DecodeNumber(const FieldInfo& field, const yaml::Node& node,
                  Context& context, void* out) {
  const bool narrow = field.member.ops->kind == Kind::kInt32;
  int64_t value = 0;
  if (!ReadInt(node, &value)) {
    ReportWrongType(field, true, node, context);
    return false;
  }
  const int64_t low =
      narrow ? std::max<int64_t>(field.minimum, INT32_MIN) : field.minimum;
  const int64_t high =
      narrow ? std::min<int64_t>(field.maximum, INT32_MAX) : field.maximum;
  if (value < low || value > high) {
    context.Report(
        diag::OutOfRange(node.span(), context.FieldText(), Shown(node.scalar()),
                         field.format == Format::kFileMode
                             ? "from 0 to 0777"
                             : Bounds(low, high, INT64_MIN, INT64_MAX)),
        &node);
    return false;
  }
  if (narrow) {
    *static_cast<int32_t*>(out) = static_cast<int32_t>(value);
  } else {
    *static_cast<int64_t*>(out) = value;
  }
  return true;
}

bool DecodeDouble(const FieldInfo& field, const yaml::Node& node,
                  Context& context, double* out) {
  double value = 0;
  int64_t whole = 0;
  if (ReadInt(node, &whole)) {
    value = static_cast<double>(whole);
  } else if (!ReadDouble(node, &value)) {
    ReportWrongType(field, true, node, context);
    return false;
  }
  if ((field.minimum != INT64_MIN &&
       value < static_cast<double>(field.minimum)) ||
      (field.maximum != INT64_MAX &&
       value > static_cast<double>(field.maximum))) {
    context.Report(
        diag::OutOfRange(
            node.span(), context.FieldText(), Shown(node.scalar()),
            Bounds(field.minimum, field.maximum, INT64_MIN, INT64_MAX)),
        &node);
    return false;
  }
  *out = value;
  return true;
}

bool DecodeEnum(const FieldInfo& field, const yaml::Node& node,
                Context& context, void* out) {
  const EnumInfo& info = field.member.ops->enumeration();
  const EnumValueInfo* value = info.FindText(node.scalar());
  if (value == nullptr) {
    std::vector<string_view> strings;
    for (const EnumValueInfo& known : info.values)
      strings.push_back(known.text);
    const string_view meant = Suggest(node.scalar(), strings);
    diag::Diagnostic problem = diag::UnknownValue(
        node.span(), context.FieldText(), Shown(node.scalar()),
        DidYouMean(meant), Enumerate(strings));
    if (!meant.empty()) {
      problem.WithFix({absl::StrCat("write `", meant, "`"),
                       {{node.span(), std::string(meant)}},
                       DiffersOnlyInCase(node.scalar(), meant)});
    }
    context.Report(std::move(problem), &node);
    return false;
  }
  if (value->deprecated != nullptr) {
    context.Report(diag::DeprecatedValue(node.span(), context.FieldText(),
                                         value->text, value->deprecated),
                   &node);
  }
  // An enum class has the representation of its underlying int.
  std::memcpy(out, &value->number, sizeof(int));
  return true;
}

string_view ExpectedOne(const FieldInfo& field) {
  switch (field.member.ops->kind) {
    case Kind::kBool:
      return "a boolean";
    case Kind::kInt32:
    case Kind::kInt64:
      return "an integer";
    case Kind::kDouble:
      return "a number";
    case Kind::kString:
    case Kind::kEnum:
      return "a string";
    case Kind::kMessage:
      return kSectionWords;
    case Kind::kNode:
    case Kind::kJson:
      return "a value";
  }
  return "";
}

// A line that an example or a value can stand in.
bool IsOneLine(string_view text) {
  return text.find('\n') == string_view::npos && text.size() <= 60;
}

// A section in one line, from its first required text: `{name: x}`; with a text
// in its place (`secret: my-secret`), that is most probably what was meant.
std::string SectionInOneLine(const MessageInfo& info, const yaml::Node& node) {
  for (const FieldInfo& field : info.fields) {
    const MemberOps& ops = *field.member.ops;
    if (!field.has(kRequired) || ops.kind != Kind::kString ||
        ops.shape != Shape::kOne) {
      continue;
    }
    const bool fits =
        node.is_scalar() && !node.scalar().empty() && IsOneLine(node.scalar());
    if (!fits && (field.examples.empty() || !IsOneLine(field.examples[0]))) {
      break;
    }
    return absl::StrCat("{", field.name, ": ",
                        fits ? node.scalar() : field.examples[0], "}");
  }
  return "";
}

// The key of `key:value` without a space, which YAML reads as a string; empty
// for other values.
string_view KeyWithoutSpace(const yaml::Node& node) {
  const string_view text = node.scalar();
  const size_t colon = text.find(':');
  if (colon == string_view::npos || colon == 0 || colon + 1 == text.size() ||
      node.style() != yaml::Style::kPlain || node.origin() != nullptr ||
      node.anchor() || absl::StartsWith(text.substr(colon), "://")) {
    return "";
  }
  return text.substr(0, colon);
}

// The same where a mapping with this key is expected.
string_view MeantKey(const FieldInfo& field, bool item,
                     const yaml::Node& node) {
  const string_view key = KeyWithoutSpace(node);
  const MemberOps& ops = *field.member.ops;
  if (!item && ops.shape == Shape::kMap) return key;
  if ((!item && ops.shape != Shape::kOne) || ops.kind != Kind::kMessage) {
    return "";
  }
  return ops.message().Find(key) == nullptr ? "" : key;
}

std::string SectionAdvice(const FieldInfo& field, bool item,
                          const yaml::Node& node) {
  const std::string section =
      SectionInOneLine(field.member.ops->message(), node);
  if (section.empty()) return "write its keys below, indented, or `{}`";
  const bool listed = item && field.member.ops->shape == Shape::kList;
  return absl::StrCat("write `", listed ? "- " : "", section, "`");
}

// What to write instead; "" if that is unknown.
std::string Advice(const FieldInfo& field, bool item, const yaml::Node& node) {
  const Shape shape = item ? Shape::kOne : field.member.ops->shape;
  const string_view key = MeantKey(field, item, node);
  if (!key.empty()) return absl::StrCat("add a space after `", key, ":`");
  if (shape == Shape::kList && node.is_scalar()) {
    if (field.member.ops->kind == Kind::kMessage) {
      return SectionAdvice(field, /*item=*/true, node);
    }
    return absl::StrCat("write it as a list: `",
                        Shown(ListInOneLine(field.name, node.scalar())), "`");
  }
  if (shape == Shape::kList && node.is_mapping()) {
    return "start each item with `- `";
  }
  if (shape == Shape::kMap) return "write `NAME: VALUE` lines below, indented";
  if (shape == Shape::kOne && field.member.ops->kind == Kind::kMessage) {
    return SectionAdvice(field, item, node);
  }
  if (shape == Shape::kOne && node.is_sequence() && node.items().size() == 1) {
    return "write a single value instead of a list";
  }
  if (field.member.ops->kind == Kind::kString && shape == Shape::kOne &&
      node.is_mapping()) {
    return "put text that starts with `{` or contains `: ` in quotes";
  }
  if (shape == field.member.ops->shape && !field.examples.empty() &&
      IsOneLine(field.examples[0])) {
    return absl::StrCat("for example `", field.examples[0], "`");
  }
  return "";
}

// Whether a string is written where a list of strings is expected.
bool CanBecomeList(const FieldInfo& field, const yaml::Node& node) {
  const MemberOps& ops = *field.member.ops;
  return ops.shape == Shape::kList && ops.kind == Kind::kString &&
         node.is_scalar() && !node.scalar().empty() &&
         node.style() != yaml::Style::kBlock && node.origin() == nullptr &&
         !node.anchor();
}

}  // namespace

std::string Expected(const FieldInfo& field, bool item) {
  if (!item && field.member.ops->shape == Shape::kList) return "a list";
  if (!item && field.member.ops->shape == Shape::kMap) {
    return "a mapping";
  }
  return std::string(ExpectedOne(field));
}

std::string Found(const yaml::Node& node) {
  bool truth;
  int64_t whole;
  double number;
  switch (node.kind()) {
    case yaml::Kind::kNull:
      return "empty";
    case yaml::Kind::kSequence:
      return "a list";
    case yaml::Kind::kMapping:
      return kSectionWords;
    case yaml::Kind::kScalar:
      if (node.scalar().empty()) return "an empty string";
      if (ReadBool(node, &truth) || ReadInt(node, &whole) ||
          ReadDouble(node, &number)) {
        return absl::StrCat("`", Shown(node.scalar()), "`");
      }
      return absl::StrCat("the string `", Shown(node.scalar()), "`");
  }
  return "";
}

void ReportWrongType(const FieldInfo& field, bool item, const yaml::Node& node,
                     Context& context) {
  diag::Diagnostic problem =
      diag::WrongType(node.span(), context.FieldText(), Expected(field, item),
                      Found(node), Advice(field, item, node));
  const string_view key = MeantKey(field, item, node);
  if (!key.empty()) {
    const auto value =
        static_cast<uint32_t>(node.span().begin + key.size() + 1);
    problem.WithFix({"add a space", {{{node.span().file, value, value}, " "}}});
  } else if (!item && CanBecomeList(field, node)) {
    problem.WithFix(
        {"write a list",
         {{node.span(), ListInOneLine(field.name, node.scalar())}}});
  }
  context.Report(std::move(problem), &node);
}

void ReportNull(const FieldInfo& field, bool item, const yaml::Node& node,
                Context& context) {
  context.Report(
      diag::NullValue(node.span(), context.FieldText(), Expected(field, item),
                      Advice(field, item, node)),
      &node);
}

std::string Enumerate(absl::Span<const absl::string_view> names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    const char* between = i == 0 ? "" : i + 1 == names.size() ? " and " : ", ";
    absl::StrAppend(&out, between, "`", names[i], "`");
  }
  return out;
}

bool DecodeScalar(const FieldInfo& field, const yaml::Node& node,
                  Context& context, void* out) {
  if (!node.is_scalar()) {
    ReportWrongType(field, true, node, context);
    return false;
  }
  switch (field.member.ops->kind) {
    case Kind::kBool:
      if (ReadBool(node, static_cast<bool*>(out))) return true;
      ReportWrongType(field, true, node, context);
      return false;
    case Kind::kInt32:
    case Kind::kInt64:
      return DecodeNumber(field, node, context, out);
    case Kind::kDouble:
      return DecodeDouble(field, node, context, static_cast<double*>(out));
    case Kind::kString:
      return DecodeText(field, node, context, static_cast<std::string*>(out));
    case Kind::kEnum:
      return DecodeEnum(field, node, context, out);
    case Kind::kMessage:
    case Kind::kNode:
    case Kind::kJson:
      break;
  }
  return false;
}

}  // namespace ovenbird::config::decode
