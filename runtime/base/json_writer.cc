#include <charconv>
#include <cmath>
#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/base/utf8.h"
#include "runtime/base/writer.h"

namespace ovenbird {
namespace {

bool IsUnchanged(unsigned char c) {
  return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

void AppendControl(unsigned char c, std::string* out) {
  switch (c) {
    case '\n':
      out->append("\\n");
      return;
    case '\r':
      out->append("\\r");
      return;
    case '\t':
      out->append("\\t");
      return;
    default:
      absl::StrAppend(out, "\\u", absl::Hex(c, absl::kZeroPad4));
  }
}

// Appends the character at the start of `text` and says how many bytes it has.
size_t AppendEscaped(absl::string_view text, std::string* out) {
  const auto c = static_cast<unsigned char>(text[0]);
  if (c == '"' || c == '\\') {
    out->push_back('\\');
    out->push_back(static_cast<char>(c));
    return 1;
  }
  if (c < 0x20 || c == 0x7F) {
    AppendControl(c, out);
    return 1;
  }
  const Utf8Char decoded = DecodeUtf8(text);
  if (decoded.valid) {
    out->append(text.data(), decoded.size);
  } else {
    out->append("\xEF\xBF\xBD");
  }
  return decoded.size;
}

}  // namespace

void AppendJsonString(absl::string_view text, std::string* out) {
  out->push_back('"');
  size_t done = 0;
  for (size_t i = 0; i < text.size();) {
    if (IsUnchanged(static_cast<unsigned char>(text[i]))) {
      ++i;
      continue;
    }
    out->append(text.data() + done, i - done);
    i += AppendEscaped(text.substr(i), out);
    done = i;
  }
  out->append(text.data() + done, text.size() - done);
  out->push_back('"');
}

void JsonWriter::NewLine() {
  if (!pretty_) return;
  out_->push_back('\n');
  out_->append(2 * open_.size(), ' ');
}

void JsonWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (open_.empty()) return;
  if (open_.back()) out_->push_back(',');
  open_.back() = true;
  NewLine();
}

void JsonWriter::Begin(char bracket) {
  BeforeValue();
  out_->push_back(bracket);
  open_.push_back(false);
}

void JsonWriter::End(char bracket) {
  const bool has_items = open_.back();
  open_.pop_back();
  if (has_items) NewLine();
  out_->push_back(bracket);
}

void JsonWriter::Key(absl::string_view key) {
  BeforeValue();
  AppendJsonString(key, out_);
  out_->append(pretty_ ? ": " : ":");
  after_key_ = true;
}

void JsonWriter::String(absl::string_view value) {
  BeforeValue();
  AppendJsonString(value, out_);
}

void JsonWriter::Int(int64_t value) {
  BeforeValue();
  absl::StrAppend(out_, value);
}

void JsonWriter::Double(double value) {
  BeforeValue();
  if (!std::isfinite(value)) {
    out_->append("null");
    return;
  }
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out_->append(buffer, end);
}

void JsonWriter::Bool(bool value) {
  BeforeValue();
  out_->append(value ? "true" : "false");
}

void JsonWriter::Null() {
  BeforeValue();
  out_->append("null");
}

}  // namespace ovenbird
