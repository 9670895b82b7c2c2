#include "runtime/yaml/parse.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <istream>
#include <optional>
#include <streambuf>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/utf8.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/syntax.h"
#include "runtime/yaml/text_check.h"
#include "runtime/yaml/tree_builder.h"

namespace ovenbird::yaml {
namespace {

// The parser counts bytes in an int.
constexpr size_t kLargestFile = 1u << 30;

// The text as it lies in memory, without a copy.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(absl::string_view text) {
    char* begin = const_cast<char*>(text.data());  // never written to
    setg(begin, begin, begin + text.size());
  }
};

// Thrown through the parser to stop it.
struct Stop {};

// Hands the parser's events on; throws Stop when no more are wanted.
class Events : public YAML::EventHandler {
 public:
  Events(const SourceFile& file, Arena& arena, diag::Sink& sink)
      : builder_(file, arena, sink) {}

  const TreeBuilder& builder() const { return builder_; }
  const std::vector<std::string>& anchor_names() const { return anchor_names_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    GoOnIf(builder_.Null(Offset(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    GoOnIf(builder_.Alias(Offset(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    GoOnIf(builder_.Scalar(Offset(mark), tag, anchor, value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    GoOnIf(builder_.BeginSequence(Offset(mark), tag, anchor,
                                  style == YAML::EmitterStyle::Flow));
  }
  void OnSequenceEnd() override { GoOnIf(builder_.End()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    GoOnIf(builder_.BeginMapping(Offset(mark), tag, anchor,
                                 style == YAML::EmitterStyle::Flow));
  }
  void OnMapEnd() override { GoOnIf(builder_.End()); }
  void OnAnchor(const YAML::Mark&, const std::string& name) override {
    anchor_names_.push_back(name);
  }

 private:
  static size_t Offset(const YAML::Mark& mark) {
    return static_cast<size_t>(mark.pos);
  }
  static void GoOnIf(bool more) {
    if (!more) throw Stop();
  }

  TreeBuilder builder_;
  std::vector<std::string> anchor_names_;
};

// Stops at the first sign that a document has a value.
class AnyValue : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override { throw Stop(); }
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {
    throw Stop();
  }
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    throw Stop();
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    throw Stop();
  }
  void OnMapEnd() override {}
};

// A first letter as UTF-16 or UTF-32, or their mark of the byte order.
bool IsWide(absl::string_view text) {
  return absl::StartsWith(text, "\xFF\xFE") ||
         absl::StartsWith(text, "\xFE\xFF") ||
         absl::StrContains(text.substr(0, 2), '\0');
}

bool ReportBadText(const SourceFile& file, diag::Sink& sink) {
  const absl::string_view text = file.text();
  const std::optional<BadText> bad = FindBadText(text);
  if (!bad) return false;
  const Span span = {&file, static_cast<uint32_t>(bad->offset),
                     static_cast<uint32_t>(bad->offset + bad->size)};
  if (IsWide(text)) {
    sink.Handle(diag::YamlNotUtf8(span, "this looks like UTF-16 or UTF-32"));
    return true;
  }
  if (!bad->control_character) {
    sink.Handle(diag::YamlNotUtf8(span, "first such byte"));
    return true;
  }
  const uint32_t code_point = DecodeUtf8(text.substr(bad->offset)).code_point;
  sink.Handle(diag::YamlControlCharacter(
      span, absl::StrCat("U+", absl::Hex(code_point, absl::kZeroPad4))));
  return true;
}

void ReportFailure(const SourceFile& file, const YAML::Exception& failure,
                   const Events& events, diag::Sink& sink) {
  const SyntaxFailure what = {static_cast<size_t>(failure.mark.pos),
                              failure.msg, events.builder().OpenBracket(),
                              events.anchor_names()};
  sink.Handle(DescribeSyntaxFailure(file, what));
}

// What is behind the first document: nothing, comments, `...`, or more.
bool HasMore(YAML::Parser& parser) {
  AnyValue value;
  try {
    // An empty document behind a last `---` is none.
    parser.HandleNextDocument(value);
    return false;
  } catch (const Stop&) {
    return true;
  } catch (const YAML::Exception&) {
    return true;
  }
}

}  // namespace

const Node* Parse(const SourceFile& file, Arena& arena, diag::Sink& sink) {
  const absl::string_view text = file.text();
  if (text.size() > kLargestFile) {
    sink.Handle(diag::YamlSyntax({&file, 0, 0}, "file is larger than 1 GiB"));
    return nullptr;
  }
  if (ReportBadText(file, sink)) return nullptr;
  ViewBuffer buffer(text);
  std::istream stream(&buffer);
  YAML::Parser parser(stream);
  Events events(file, arena, sink);
  try {
    parser.HandleNextDocument(events);
  } catch (const Stop&) {
    return nullptr;  // reported
  } catch (const YAML::Exception& failure) {
    ReportFailure(file, failure, events, sink);
    return nullptr;
  }
  const Node* root = events.builder().root();
  if (root == nullptr) root = arena.Null({&file, 0, 0});
  if (HasMore(parser)) {
    sink.Handle(DescribeSecondDocument(file, root->span().end));
  }
  return root;
}

}  // namespace ovenbird::yaml
