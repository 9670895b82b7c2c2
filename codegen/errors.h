// Problems of a schema, each with its position in the .proto file.
#ifndef OVENBIRD_CODEGEN_ERRORS_H_
#define OVENBIRD_CODEGEN_ERRORS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "google/protobuf/descriptor.h"

namespace ovenbird::codegen {

// The problems found in one schema and its imports. A problem that is reported
// twice at the same position is kept once.
class Errors {
 public:
  // Adds a problem at the descriptor's declaration; at the top of the file if
  // protoc kept no positions.
  template <typename Descriptor>
  void Add(const Descriptor* descriptor, const std::string& text) {
    google::protobuf::SourceLocation location;
    if (descriptor->GetSourceLocation(&location)) {
      AddAt(descriptor->file(), location, text);
    } else {
      AddAt(descriptor->file(), {}, text);
    }
  }

  // Adds a problem at the option with this path (field numbers) in the
  // descriptor's options. If protoc recorded no position for it, at the nearest
  // enclosing option, else at the descriptor's declaration.
  template <typename Descriptor>
  void AddAtOption(const Descriptor* descriptor, std::vector<int> option,
                   const std::string& text) {
    std::vector<int> path = PathOf(descriptor);
    path.push_back(OptionsField(descriptor));
    for (; !option.empty(); option.pop_back()) {
      std::vector<int> full = path;
      full.insert(full.end(), option.begin(), option.end());
      google::protobuf::SourceLocation location;
      if (descriptor->file()->GetSourceLocation(full, &location)) {
        AddAt(descriptor->file(), location, text);
        return;
      }
    }
    Add(descriptor, text);
  }

  // Adds a problem at the top of the file.
  void AddToFile(const google::protobuf::FileDescriptor* file,
                 const std::string& text);

  bool empty() const { return errors_.empty(); }
  // Returns one line for each problem, "file:line:column: text", sorted by
  // position; lines and columns count from 1.
  std::string ToString() const;

 private:
  // Path of a declaration in SourceCodeInfo (libprotobuf keeps its own function
  // private), and the number of its field `options`.
  static std::vector<int> PathOf(const google::protobuf::Descriptor* in);
  static std::vector<int> PathOf(const google::protobuf::FieldDescriptor* in);
  static std::vector<int> PathOf(const google::protobuf::EnumDescriptor* in);
  static std::vector<int> PathOf(
      const google::protobuf::EnumValueDescriptor* in);
  static int OptionsField(const google::protobuf::Descriptor*) { return 7; }
  static int OptionsField(const google::protobuf::FieldDescriptor*) {
    return 8;
  }
  static int OptionsField(const google::protobuf::EnumDescriptor*) { return 3; }
  static int OptionsField(const google::protobuf::EnumValueDescriptor*) {
    return 3;
  }

  void AddAt(const google::protobuf::FileDescriptor* file,
             const google::protobuf::SourceLocation& location,
             const std::string& text);

  // File, line and column; the latter two count from 0.
  using Place = std::pair<std::string, std::pair<int, int>>;
  std::map<Place, std::vector<std::string>> errors_;
};

}  // namespace ovenbird::codegen

#endif  // OVENBIRD_CODEGEN_ERRORS_H_
