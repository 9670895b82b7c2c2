// Writes YAML or JSON event by event, without a tree in memory:
//
//   JsonWriter out(&text);
//   out.BeginObject(); out.Key("name"); out.String("app"); out.EndObject();
//
// The caller keeps the order of events right (a Key before each value of an
// object); the order of keys is the caller's. Same events, same bytes.
#ifndef OVENBIRD_RUNTIME_BASE_WRITER_H_
#define OVENBIRD_RUNTIME_BASE_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace ovenbird {

// Receives the events of one document.
class Writer {
 public:
  virtual ~Writer() = default;
  // Begins or ends an object or an array.
  virtual void BeginObject() = 0;
  virtual void EndObject() = 0;
  virtual void BeginArray() = 0;
  virtual void EndArray() = 0;
  // Writes the key of the member that follows.
  virtual void Key(absl::string_view key) = 0;
  // Writes one value.
  virtual void String(absl::string_view value) = 0;
  virtual void Int(int64_t value) = 0;
  // Writes the shortest number that reads back as the same value; null for NaN
  // and infinity, which JSON does not have.
  virtual void Double(double value) = 0;
  // Writes one value.
  virtual void Bool(bool value) = 0;
  virtual void Null() = 0;
};

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8
// become U+FFFD.
void AppendJsonString(absl::string_view text, std::string* out);

// Writes one JSON value: compact, or pretty with two spaces of indentation. No
// line end at the end.
class JsonWriter : public Writer {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit JsonWriter(std::string* out, bool pretty = false)
      : out_(out), pretty_(pretty) {}

  void BeginObject() override { Begin('{'); }
  void EndObject() override { End('}'); }
  void BeginArray() override { Begin('['); }
  void EndArray() override { End(']'); }
  void Key(absl::string_view key) override;
  void String(absl::string_view value) override;
  void Int(int64_t value) override;
  void Double(double value) override;
  void Bool(bool value) override;
  void Null() override;

 private:
  void Begin(char bracket);
  void End(char bracket);
  void BeforeValue();
  void NewLine();

  std::string* out_;
  bool pretty_;
  bool after_key_ = false;
  std::vector<bool> open_;  // one per open bracket: whether it has an item yet
};

// Writes one YAML document in block style as kubectl prints it: lists are not
// indented below their key, {} and [] for empty ones, strings quoted exactly if
// a YAML 1.1 or 1.2 reader would not read them as that string, strings of
// several lines as literal blocks. Ends with a line end.
class YamlWriter : public Writer {
 public:
  explicit YamlWriter(std::string* out) : out_(out) {}

  void BeginObject() override { Begin(false); }
  void EndObject() override { End(); }
  void BeginArray() override { Begin(true); }
  void EndArray() override { End(); }
  void Key(absl::string_view key) override;
  void String(absl::string_view value) override;
  void Int(int64_t value) override;
  void Double(double value) override;
  void Bool(bool value) override;
  void Null() override;

 private:
  struct Frame {
    bool array;
    bool empty = true;
    int indent;    // of the items or keys
    bool in_line;  // the first item or key goes on the current line
  };
  void Begin(bool array);
  void End();
  void StartItem();
  void StartValue();
  void Plain(absl::string_view text);
  void Indent(int columns) { out_->append(columns, ' '); }
  // Returns the column of a block scalar's text.
  int BlockIndent() const;

  std::string* out_;
  std::vector<Frame> open_;
};

// Returns whether `text` needs no quotes in YAML: readers of YAML 1.1 and 1.2
// read it back as this very string.
bool IsPlainYamlString(absl::string_view text);

}  // namespace ovenbird

#endif  // OVENBIRD_RUNTIME_BASE_WRITER_H_
