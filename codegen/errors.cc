#include "codegen/errors.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.pb.h"

namespace ovenbird::codegen {
namespace {

namespace pb = google::protobuf;

std::vector<int> Below(std::vector<int> path, int field, int index) {
  path.push_back(field);
  path.push_back(index);
  return path;
}

}  // namespace

std::vector<int> Errors::PathOf(const pb::Descriptor* in) {
  if (in->containing_type() == nullptr) {
    return {pb::FileDescriptorProto::kMessageTypeFieldNumber, in->index()};
  }
  return Below(PathOf(in->containing_type()),
               pb::DescriptorProto::kNestedTypeFieldNumber, in->index());
}

std::vector<int> Errors::PathOf(const pb::FieldDescriptor* in) {
  return Below(PathOf(in->containing_type()),
               pb::DescriptorProto::kFieldFieldNumber, in->index());
}

std::vector<int> Errors::PathOf(const pb::EnumDescriptor* in) {
  if (in->containing_type() == nullptr) {
    return {pb::FileDescriptorProto::kEnumTypeFieldNumber, in->index()};
  }
  return Below(PathOf(in->containing_type()),
               pb::DescriptorProto::kEnumTypeFieldNumber, in->index());
}

std::vector<int> Errors::PathOf(const pb::EnumValueDescriptor* in) {
  return Below(PathOf(in->type()), pb::EnumDescriptorProto::kValueFieldNumber,
               in->index());
}

void Errors::AddAt(const pb::FileDescriptor* file,
                   const pb::SourceLocation& location,
                   const std::string& text) {
  std::vector<std::string>& strings =
      errors_[{file->name(), {location.start_line, location.start_column}}];
  if (std::find(strings.begin(), strings.end(), text) == strings.end()) {
    strings.push_back(text);
  }
}

void Errors::AddToFile(const pb::FileDescriptor* file,
                       const std::string& text) {
  AddAt(file, {}, text);
}

std::string Errors::ToString() const {
  std::string out;
  for (const auto& [place, strings] : errors_) {
    for (const std::string& text : strings) {
      absl::StrAppend(&out, out.empty() ? "" : "\n", place.first, ":",
                      place.second.first + 1, ":", place.second.second + 1,
                      ": ", text);
    }
  }
  return out;
}

}  // namespace ovenbird::codegen
