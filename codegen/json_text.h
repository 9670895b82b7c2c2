// JSON with two spaces of indentation, written piece by piece.
#ifndef OVENBIRD_CODEGEN_JSON_TEXT_H_
#define OVENBIRD_CODEGEN_JSON_TEXT_H_

#include <string>
#include <vector>

#include "codegen/yaml_value.h"

namespace ovenbird::codegen {

// Builds one JSON document from calls in its order. The caller keeps that order
// right: a key before each value of an object, and a Close for each Open.
class JsonText {
 public:
  // Begins an object ('{') or an array ('[').
  void Open(char bracket) {
    Before();
    text_ += bracket;
    empty_.push_back(true);
  }
  // Ends the innermost open object ('}') or array (']').
  void Close(char bracket) {
    const bool empty = empty_.back();
    empty_.pop_back();
    if (!empty) NewLine();
    text_ += bracket;
  }
  // Appends a key of the open object; its value must follow.
  void Key(const std::string& key) {
    Before();
    text_ += JsonString(key) + ": ";
    after_key_ = true;
  }
  // Appends a string value, escaped and quoted.
  void String(const std::string& value) { Raw(JsonString(value)); }
  // Appends a value that is already JSON.
  void Raw(const std::string& json) {
    Before();
    text_ += json;
  }

  // Returns what was written so far.
  const std::string& text() const { return text_; }

 private:
  void Before() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (empty_.empty()) return;
    if (!empty_.back()) text_ += ',';
    empty_.back() = false;
    NewLine();
  }
  void NewLine() { text_ += "\n" + std::string(2 * empty_.size(), ' '); }

  std::string text_;
  bool after_key_ = false;
  std::vector<bool> empty_;  // one per open bracket
};

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_JSON_TEXT_H_
