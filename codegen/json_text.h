// JSON text with two blanks of indentation, written piece by piece.
#ifndef OVENBIRD_CODEGEN_JSON_TEXT_H_
#define OVENBIRD_CODEGEN_JSON_TEXT_H_

#include <string>
#include <vector>

#include "codegen/yaml_value.h"

namespace ovenbird::codegen {

class JsonText {
 public:
  void Open(char bracket) {
    Before();
    text_ += bracket;
    empty_.push_back(true);
  }
  void Close(char bracket) {
    const bool empty = empty_.back();
    empty_.pop_back();
    if (!empty) NewLine();
    text_ += bracket;
  }
  void Key(const std::string& key) {
    Before();
    text_ += JsonString(key) + ": ";
    after_key_ = true;
  }
  void String(const std::string& value) { Raw(JsonString(value)); }
  // Text that is JSON already.
  void Raw(const std::string& json) {
    Before();
    text_ += json;
  }

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
