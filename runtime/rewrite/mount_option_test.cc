#include "runtime/rewrite/mount_option.h"

#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace ovenbird::rewrite {
namespace {

// Variables are unknown.
std::optional<std::string> Expand(absl::string_view text) {
  if (absl::StrContains(text, "$")) return std::nullopt;
  return std::string(text);
}

// "type from source target id size ro mode user group", without what is empty.
std::string Shown(absl::string_view value) {
  const std::optional<MountFlag> flag = ReadMountFlag(value, Expand);
  if (!flag) return "(unknown)";
  std::string text = flag->type;
  const auto add = [&](absl::string_view name, const std::string& part) {
    if (!part.empty()) absl::StrAppend(&text, " ", name, "=", part);
  };
  add("from", flag->from);
  add("source", flag->source);
  add("target", flag->target);
  add("id", flag->id);
  add("size", flag->size == 0 ? "" : absl::StrCat(flag->size));
  if (flag->read_only) text += " ro";
  if (flag->mode) absl::StrAppend(&text, " mode=", *flag->mode);
  if (flag->user) absl::StrAppend(&text, " user=", *flag->user);
  if (flag->group) absl::StrAppend(&text, " group=", *flag->group);
  if (flag->required) text += " required";
  if (flag->env) absl::StrAppend(&text, " env=", *flag->env);
  return text;
}

TEST(MountOptionTest, AsBuildKitReadsThem) {
  const struct {
    const char* value;
    const char* expected;
  } kCases[] = {
      {"target=/a", "bind target=/a ro"},
      {"source=a,target=b", "bind source=a target=b ro"},
      {"type=bind,src=a,dst=/b,rw", "bind source=a target=/b"},
      {"type=bind,target=/b,rw=false", "bind target=/b ro"},
      {"type=bind,target=/b,readwrite=true", "bind target=/b"},
      {"type=bind,target=/b,ro=0", "bind target=/b"},
      {"TYPE=CACHE,Destination=/c", "cache target=/c"},
      {"type=cache,target=/c,ro", "cache target=/c ro"},
      {"type=cache,target=/c,id=x,sharing=locked", "cache target=/c id=x"},
      {"type=cache,target=/c,uid=1000,gid=50,mode=0700",
       "cache target=/c mode=448 user=1000 group=50"},
      {"type=cache,from=base,source=/d,target=/c",
       "cache from=base source=/d target=/c"},
      {"type=secret,id=a,required,env=B", "secret id=a ro required env=B"},
      {"type=secret,id=a,required=true", "secret id=a ro required"},
      {"type=secret,id=a,required=0,env=", "secret id=a ro env="},
      {"type=tmpfs,target=/t", "tmpfs target=/t"},
      {"type=tmpfs,target=/t,size=64m", "tmpfs target=/t size=67108864"},
      {"type=tmpfs,target=/t,size=1.5KiB", "tmpfs target=/t size=1536"},
      {"type=tmpfs,target=/t,size=100", "tmpfs target=/t size=100"},
      {"type=tmpfs,target=/t,size=2 GB", "tmpfs target=/t size=2147483648"},
      {"type=cache,\"target=/a,b\"", "cache target=/a,b"},
      {"type=cache,target=$C", "(unknown)"},
      {"", "(unknown)"},
  };
  for (const auto& c : kCases) EXPECT_EQ(Shown(c.value), c.expected) << c.value;
}

}  // namespace
}  // namespace ovenbird::rewrite
