#include "runtime/yaml/tree_builder.h"

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "runtime/base/hash_map.h"
#include "runtime/base/utf8.h"
#include "runtime/diag/catalog.h"
#include "runtime/yaml/at.h"
#include "runtime/yaml/extent.h"

namespace ovenbird::yaml {
namespace {

constexpr absl::string_view kStandardTag = "tag:yaml.org,2002:";

// Aliases may expand to this many values, or for ten times what the file has:
// a config that shares much is large itself.
uint64_t AliasLimit(uint64_t nodes) { return 100'000 + 10 * nodes; }

uint64_t SaturatedSum(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b
             ? std::numeric_limits<uint64_t>::max()
             : a + b;
}

bool IsOneOf(absl::string_view text,
             std::initializer_list<absl::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// yaml-cpp writes the escapes \N (U+0085) and \_ (U+00A0) as one byte each,
// which is no UTF-8; all else in a text that was UTF-8 is right.
std::string WithRepairedEscapes(const std::string& value) {
  std::string repaired;
  for (size_t i = 0; i < value.size();) {
    const Utf8Char c = DecodeUtf8(absl::string_view(value).substr(i));
    if (!c.valid) repaired += '\xC2';
    repaired.append(value, i, c.size);
    i += c.size;
  }
  return repaired;
}

bool IsMergeKey(const Entry& entry) {
  return entry.key_style() == Style::kPlain && entry.key() == "<<";
}

}  // namespace

TreeBuilder::TreeBuilder(const SourceFile& file, Arena& arena, diag::Sink& sink)
    : file_(file), text_(file.text()), arena_(arena), sink_(sink) {}

Span TreeBuilder::At(size_t begin, size_t end) const {
  return {&file_, static_cast<uint32_t>(begin), static_cast<uint32_t>(end)};
}

int TreeBuilder::ParentColumn() const {
  return frames_.empty() ? -1 : frames_.back().column;
}

Span TreeBuilder::OpenBracket() const {
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    const char c = frame->begin < text_.size() ? text_[frame->begin] : ' ';
    if (frame->flow && (c == '[' || c == '{')) {
      return At(frame->begin, frame->begin + 1);
    }
  }
  return {};
}

void TreeBuilder::Remember(size_t anchor, const Node* node, uint64_t size) {
  if (anchor == 0) return;
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1);
  anchors_[anchor] = {node, size};
}

// The value of a key is missing when the parser shows the next token for it:
// one that cannot belong to the value, because it is not indented far enough.
bool TreeBuilder::IsMissing(size_t mark) const {
  if (frames_.empty()) return mark >= text_.size();
  if (mark >= text_.size()) return true;
  const Frame& frame = frames_.back();
  if (frame.flow) {
    const char c = text_[mark];
    return c == ',' || c == ']' || c == '}' || c == ':';
  }
  if (frame.mapping && !frame.has_key) {
    return text_[mark] == ':' || text_[mark] == '?';
  }
  const size_t since = frame.has_key ? frame.key_span.end : frame.last_end;
  const bool same_line =
      mark >= since &&
      !absl::StrContains(text_.substr(since, mark - since), '\n');
  if (same_line) return !frame.mapping && text_[mark] == '-';
  return static_cast<int>(ColumnOf(text_, mark)) <= frame.column;
}

Span TreeBuilder::MissingSpan(size_t mark) const {
  if (frames_.empty()) return At(0, 0);
  const Frame& frame = frames_.back();
  if (frame.mapping && frame.has_key) return frame.key_span;
  if (!frame.mapping && !frame.flow) {
    const size_t dash = SkipBlank(text_, frame.last_end);
    if (dash < text_.size() && text_[dash] == '-') return At(dash, dash + 1);
  }
  const size_t at = std::min(mark, text_.size());
  return At(at, at);
}

bool TreeBuilder::Null(size_t mark, size_t anchor) {
  ++nodes_;
  Span span;
  if (IsMissing(mark)) {
    span = MissingSpan(mark);
  } else {
    const Properties properties = SkipProperties(text_, mark);
    size_t end = properties.value;
    while (end < text_.size() &&
           !absl::StrContains(" \t\r\n,]}:", text_[end])) {
      ++end;
    }
    const absl::string_view word =
        text_.substr(properties.value, end - properties.value);
    if (IsOneOf(word, {"~", "null", "Null", "NULL"}) &&
        (properties.end == mark || !IsMissing(properties.value))) {
      span = At(properties.value, end);
    } else {
      span =
          properties.end > mark ? At(mark, properties.end) : MissingSpan(mark);
    }
  }
  return Add(arena_.Null(span), span.end, 1, anchor);
}

Style TreeBuilder::TaggedStyle(Span property, const std::string& tag,
                               Style style) {
  absl::string_view name = tag;
  if (absl::ConsumePrefix(&name, kStandardTag)) {
    if (name == "str") return style == Style::kPlain ? Style::kQuoted : style;
    if (IsOneOf(name, {"int", "float", "bool", "null"})) return Style::kPlain;
    if (IsOneOf(name, {"map", "seq", "set", "omap", "timestamp", "merge"})) {
      return style;
    }
  }
  // `property` may hold an anchor too.
  const absl::string_view both =
      text_.substr(property.begin, property.end - property.begin);
  const size_t begin = std::min(both.find('!'), both.size());
  const absl::string_view written =
      both.substr(begin, both.find_first_of(" \t\r\n", begin) - begin);
  const size_t at = property.begin + begin;
  sink_.Handle(diag::UnknownTag(At(at, at + written.size()), written));
  return Style::kQuoted;
}

bool TreeBuilder::Scalar(size_t mark, const std::string& tag, size_t anchor,
                         const std::string& value) {
  ++nodes_;
  const Properties properties = SkipProperties(text_, mark);
  ScalarExtent extent;
  size_t begin = properties.value;
  const bool has_properties = properties.end > mark;
  if (has_properties && value.empty() &&
      (begin >= text_.size() || IsMissing(begin))) {
    // `!!str` with nothing behind it.
    begin = mark;
    extent = {properties.end, Style::kPlain, {}, true};
  } else {
    extent = FindScalarExtent(text_, begin, value, ParentColumn());
  }
  if (!extent.closed) {
    // The parser reads it to the end of the text silently.
    const absl::string_view quote = text_[begin] == '"' ? "\"" : "'";
    sink_.Handle(
        diag::YamlSyntax(At(begin, begin + 1),
                         absl::StrCat("quote `", quote, "` is never closed")));
    return false;
  }
  if (tag.size() > 1) {
    extent.style = TaggedStyle(At(mark, properties.end), tag, extent.style);
  } else if (tag == "!" && extent.style == Style::kPlain) {
    extent.style = Style::kQuoted;  // the tag `!` itself: not to be typed
  }
  const absl::string_view text = extent.raw == value
                                     ? extent.raw
                                     : arena_.Copy(WithRepairedEscapes(value));
  const Span span = At(begin, extent.end);
  // Most keys are never a node.
  if (anchor == 0 && ExpectsKey()) {
    SetKey(frames_.back(), text, span, extent.style);
    return true;
  }
  return Add(arena_.Scalar(span, text, extent.style), extent.end, 1, anchor);
}

bool TreeBuilder::ExpectsKey() const {
  return !frames_.empty() && frames_.back().mapping && !frames_.back().has_key;
}

bool TreeBuilder::Alias(size_t mark, size_t anchor) {
  ++nodes_;
  const size_t end = AliasEnd(text_, mark);
  const Span span = At(mark, end);
  const Anchored target =
      anchor < anchors_.size() ? anchors_[anchor] : Anchored();
  if (target.node == nullptr) {
    const absl::string_view name = text_.substr(mark, end - mark);
    sink_.Handle(diag::AliasLoop(span, absl::StripPrefix(name, "*")));
    return Add(arena_.AsUnknown(*arena_.Null(span)), end, 1, 0);
  }
  aliased_ = SaturatedSum(aliased_, target.size);
  if (aliased_ > AliasLimit(nodes_)) {
    sink_.Handle(diag::AliasBomb(span, absl::StrCat(AliasLimit(nodes_))));
    return false;
  }
  return Add(arena_.Alias(span, *target.node), end, target.size, 0);
}

bool TreeBuilder::Begin(bool mapping, size_t mark, const std::string& tag,
                        size_t anchor, bool flow) {
  ++nodes_;
  const Properties properties = SkipProperties(text_, mark);
  size_t begin = properties.value;
  const bool on_one_line =
      !absl::StrContains(text_.substr(mark, begin - mark), '\n');
  // `&a key: value`: the anchor is the key's.
  if (mapping && !flow && on_one_line) begin = mark;
  if (frames_.size() >= kDeepestNesting) {
    sink_.Handle(
        diag::YamlTooDeep(At(mark, mark + 1), absl::StrCat(kDeepestNesting)));
    return false;
  }
  if (tag.size() > 1) {
    TaggedStyle(At(mark, properties.end), tag, Style::kPlain);
  }
  if (!frames_.empty() && frames_.back().flow && frames_.back().mapping &&
      frames_.back().begin == begin) {
    frames_.back().is_pair = true;  // Its key is what begins here: `[[]: b]`.
  }
  Frame frame;
  frame.mapping = mapping;
  frame.flow = flow;
  frame.begin = static_cast<uint32_t>(begin);
  frame.column =
      flow ? ParentColumn() : static_cast<int>(ColumnOf(text_, begin));
  frame.last_end = static_cast<uint32_t>(begin);
  if (flow && begin < text_.size() &&
      (text_[begin] == '[' || text_[begin] == '{')) {
    ++frame.last_end;
  }
  frame.anchor = anchor;
  frame.first_child = mapping ? entries_.size() : items_.size();
  Remember(anchor, nullptr, 0);  // known, but not complete
  frames_.push_back(frame);
  return true;
}

bool TreeBuilder::BeginSequence(size_t mark, const std::string& tag,
                                size_t anchor, bool flow) {
  return Begin(false, mark, tag, anchor, flow);
}

bool TreeBuilder::BeginMapping(size_t mark, const std::string& tag,
                               size_t anchor, bool flow) {
  return Begin(true, mark, tag, anchor, flow);
}

bool TreeBuilder::End() {
  const Frame frame = frames_.back();
  size_t end = frame.last_end;
  const char open = frame.flow && !frame.is_pair && frame.begin < text_.size()
                        ? text_[frame.begin]
                        : ' ';
  if (open == '[') end = FlowEnd(text_, end, ']');
  if (open == '{') end = FlowEnd(text_, end, '}');
  const Span span = At(frame.begin, end);
  const Node* node;
  if (frame.mapping) {
    node = EndMapping(frame, span);
    entries_.erase(entries_.begin() + frame.first_child, entries_.end());
  } else {
    node = arena_.Sequence(
        span, absl::MakeConstSpan(items_).subspan(frame.first_child));
    items_.resize(frame.first_child);
  }
  frames_.pop_back();
  return Add(node, end, frame.size, frame.anchor);
}

bool TreeBuilder::Add(const Node* node, size_t end, uint64_t size,
                      size_t anchor) {
  Remember(anchor, node, size);
  if (frames_.empty()) {
    root_ = node;
    return true;
  }
  Frame& frame = frames_.back();
  frame.last_end = std::max(frame.last_end, static_cast<uint32_t>(end));
  if (ExpectsKey()) {
    AddKey(frame, node);
    return true;
  }
  frame.size = SaturatedSum(frame.size, size);
  if (!frame.mapping) {
    items_.push_back(node);
    return true;
  }
  frame.has_key = false;
  if (!frame.key_is_bad) {
    entries_.emplace_back(frame.key, frame.key_span, frame.key_style, node);
  }
  return true;
}

void TreeBuilder::SetKey(Frame& frame, absl::string_view key, Span span,
                         Style style) {
  frame.has_key = true;
  frame.key_is_bad = false;
  frame.key = key;
  frame.key_span = span;
  frame.key_style = style;
  frame.last_end = std::max(frame.last_end, span.end);
  frame.size = SaturatedSum(frame.size, 1);
  if (key == "<<" && style == Style::kPlain) frame.has_merge = true;
}

// A key that is not a plain matter of text: anchored, an alias, null, or no
// scalar at all.
void TreeBuilder::AddKey(Frame& frame, const Node* node) {
  const Span span = node->span();
  if (node->is_scalar()) {
    SetKey(frame, node->scalar(), span, node->style());
  } else if (node->is_null() && span.begin < span.end) {
    // `null:` and `~:` are words here.
    SetKey(frame, text_.substr(span.begin, span.end - span.begin), span,
           Style::kPlain);
  } else {
    SetKey(frame, "", span, Style::kPlain);
    frame.key_is_bad = frame.had_bad_key = true;
    sink_.Handle(diag::KeyNotScalar(span, Describe(*node)));
  }
}

const Node* TreeBuilder::EndMapping(const Frame& frame, Span span) {
  DropDuplicates(frame.first_child);
  if (frame.has_merge) ResolveMerges(frame.first_child);
  const Node* mapping = arena_.Mapping(
      span, absl::MakeConstSpan(entries_).subspan(frame.first_child));
  // `{{ x }}` was not meant as a mapping: a second message would only confuse.
  return frame.had_bad_key ? arena_.AsUnknown(*mapping) : mapping;
}

void TreeBuilder::DropDuplicate(size_t first, size_t index) {
  const Entry& later = entries_[index];
  sink_.Handle(diag::DuplicateKey(later.key_span(), later.key())
                   .WithLabel(entries_[first].key_span(), "first given here"));
}

// Reports each key that is there already and keeps the first of them.
void TreeBuilder::DropDuplicates(size_t first) {
  constexpr size_t kFew = 8;
  const size_t count = entries_.size() - first;
  size_t kept = first;
  HashMap<absl::string_view, size_t> seen;
  for (size_t i = first; i < entries_.size(); ++i) {
    const absl::string_view key = entries_[i].key();
    size_t earlier = kept;
    if (count <= kFew) {
      for (earlier = first; earlier < kept; ++earlier) {
        if (entries_[earlier].key() == key) break;
      }
    } else {
      earlier = seen.try_emplace(key, kept).first->second;
    }
    if (earlier < kept) {
      DropDuplicate(earlier, i);
    } else {
      entries_[kept++] = entries_[i];
    }
  }
  entries_.erase(entries_.begin() + kept, entries_.end());
}

void TreeBuilder::AddMerged(const Entry& merge, const Node& source,
                            Keys& present) {
  if (!source.is_mapping()) {
    sink_.Handle(diag::BadMerge(source.span(), Describe(source))
                     .WithLabel(merge.key_span(), "merged here"));
    return;
  }
  for (const Entry& entry : source.entries()) {
    if (present.insert(entry.key()).second) entries_.push_back(entry);
  }
}

// Takes the `<<` out; what it brings is put behind the mapping's own keys.
void TreeBuilder::ResolveMerges(size_t first) {
  const auto merge =
      std::find_if(entries_.begin() + first, entries_.end(), IsMergeKey);
  if (merge == entries_.end()) return;
  const Entry entry = *merge;
  entries_.erase(merge);
  Keys present;
  for (size_t i = first; i < entries_.size(); ++i) {
    present.insert(entries_[i].key());
  }
  const Node& value = *entry.value();
  if (!value.is_sequence()) {
    AddMerged(entry, value, present);
    return;
  }
  for (const Node* source : value.items()) AddMerged(entry, *source, present);
}

}  // namespace ovenbird::yaml
