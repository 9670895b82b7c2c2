// Which options an engine has no use for.
#include <algorithm>

#include "runtime/config/decode.h"
#include "runtime/config/reflect.h"
#include "runtime/config/value.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::config::decode {
namespace {

bool Honours(const FieldInfo& field, absl::string_view engine) {
  return field.engines.empty() ||
         std::find(field.engines.begin(), field.engines.end(), engine) !=
             field.engines.end();
}

void Below(const FieldInfo& field, const void* member, absl::string_view engine,
           Context& context) {
  const MemberOps& ops = *field.member.ops;
  if (ops.shape == Shape::kOne) {
    const void* value = ops.value(member);
    if (value != nullptr) CheckEngine(ops.message(), value, engine, context);
    return;
  }
  for (size_t i = 0; i < ops.size(member); ++i) {
    const Item item = ops.item(member, i);
    if (item.value == nullptr) continue;
    if (ops.shape == Shape::kMap) {
      const Context::Scope scope(&context, item.key);
      CheckEngine(ops.message(), item.value, engine, context);
    } else {
      const Context::Scope scope(&context, i);
      CheckEngine(ops.message(), item.value, engine, context);
    }
  }
}

}  // namespace

void CheckEngine(const MessageInfo& info, const void* message,
                 absl::string_view engine, Context& context) {
  const yaml::Node* source = info.source == nullptr
                                 ? nullptr
                                 : *info.source(const_cast<void*>(message));
  for (const FieldInfo& field : info.fields) {
    if (EqualField(field, message, info.defaults())) continue;
    const Context::Scope scope(&context, field.name);
    if (!Honours(field, engine)) {
      const std::vector<absl::string_view> engines(field.engines.begin(),
                                                   field.engines.end());
      context.Report(
          diag::IgnoredOption(KeySpanOf(source, field.name), field.name, engine,
                              Enumerate(engines)),
          source == nullptr ? nullptr : source->Find(field.name));
    } else if (field.member.ops->kind == Kind::kMessage) {
      Below(field, ConstMember(field, message), engine, context);
    }
  }
}

}  // namespace ovenbird::config::decode
