#include "tools/conformance/pod_facts.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace ovenbird::conformance {
namespace {

using Facts = std::vector<std::string>;

// Random or without meaning in what DevSpace recorded.
bool IsMasked(absl::string_view path) {
  return absl::EndsWith(path, "devspace-build-id") ||
         absl::EndsWith(path, "ovenbird.dev/build-id") ||
         absl::EndsWith(path, "creationTimestamp") || path == "status" ||
         path == "apiVersion" || path == "kind";
}

std::string Scalar(const json::Value& value) {
  const std::string* text = value.as_string();
  return text != nullptr ? *text : json::Write(value);
}

// Every leaf of `value` as "path = value"; empty objects count as absent.
void Flatten(const std::string& path, const json::Value& value, Facts& facts) {
  if (value.is_null() || IsMasked(path)) return;
  if (value.as_object() != nullptr) {
    for (const json::Member& member : value.members()) {
      Flatten(absl::StrCat(path, path.empty() ? "" : ".", member.first),
              member.second, facts);
    }
  } else if (value.as_array() != nullptr) {
    for (const json::Value& item : value.items()) {
      if (item.as_object() != nullptr || item.as_array() != nullptr) {
        Flatten(absl::StrCat(path, "[]"), item, facts);
      } else {
        facts.push_back(absl::StrCat(path, "[] = ", Scalar(item)));
      }
    }
  } else {
    facts.push_back(absl::StrCat(path, " = ", Scalar(value)));
  }
}

json::Value Without(const json::Value& object,
                    std::initializer_list<absl::string_view> keys) {
  json::Value rest{json::Object{}};
  for (const json::Member& member : object.members()) {
    if (std::find(keys.begin(), keys.end(), member.first) == keys.end()) {
      rest.Set(member.first, member.second);
    }
  }
  return rest;
}

const json::Value& VolumeNamed(const json::Value& pod, absl::string_view name) {
  for (const json::Value& volume : pod.Get({"spec", "volumes"}).items()) {
    if (volume["name"].string_or() == name) return volume;
  }
  static const json::Value* none = new json::Value;
  return *none;
}

// Mounts are compared by what they mount: volumes' names are not seen by
// kaniko.
void MountFacts(const json::Value& pod, const json::Value& container,
                const std::string& where, Facts& facts) {
  for (const json::Value& mount : container["volumeMounts"].items()) {
    absl::string_view name = mount["name"].string_or();
    std::string path =
        absl::StrCat(where, ".mount ", mount["mountPath"].string_or());
    facts.push_back(path);
    Flatten(path, Without(mount, {"name", "mountPath"}), facts);
    Flatten(absl::StrCat(path, " from"),
            Without(VolumeNamed(pod, name), {"name"}), facts);
    facts.push_back(absl::StrCat("volume name = ", name));
  }
}

void ArgumentFacts(const json::Value& container, const std::string& where,
                   const std::vector<std::string>& random_tags, Facts& facts) {
  bool build_arg = false;
  for (const json::Value& item : container["args"].items()) {
    std::string arg(item.string_or());
    if (absl::StartsWith(arg, "--destination=")) {
      for (const std::string& tag : random_tags) {
        if (absl::EndsWith(arg, absl::StrCat(":", tag))) {
          arg = absl::StrCat(arg.substr(0, arg.size() - tag.size()), "TAG");
        }
      }
    }
    if (build_arg) {
      facts.push_back(absl::StrCat(where, ".build-arg ", arg));
      build_arg = false;
    } else if (arg == "--build-arg") {
      build_arg = true;
    } else {
      facts.push_back(absl::StrCat(where, ".arg ", arg));
    }
  }
}

void ContainerFacts(const json::Value& pod, const json::Value& container,
                    absl::string_view kind,
                    const std::vector<std::string>& random_tags, Facts& facts) {
  std::string where =
      absl::StrCat(kind, ".", container["name"].string_or("unnamed"));
  ArgumentFacts(container, where, random_tags, facts);
  MountFacts(pod, container, where, facts);
  Flatten(where, Without(container, {"name", "args", "volumeMounts"}), facts);
}

}  // namespace

Facts PodFacts(const json::Value& pod,
               const std::vector<std::string>& random_tags) {
  Facts facts;
  Flatten("metadata", pod["metadata"], facts);
  const json::Value& spec = pod["spec"];
  for (absl::string_view kind : {"initContainers", "containers"}) {
    for (const json::Value& container : spec[kind].items()) {
      ContainerFacts(pod, container, kind, random_tags, facts);
    }
  }
  Flatten("spec", Without(spec, {"initContainers", "containers", "volumes"}),
          facts);
  return facts;
}

Facts SecretFacts(const json::Value& secret) {
  Facts facts;
  for (const json::Member& item : secret["data"].members()) {
    std::string text;
    if (!absl::Base64Unescape(item.second.string_or(), &text)) continue;
    absl::StatusOr<json::Value> config = json::Parse(text);
    if (!config.ok()) {
      facts.push_back("docker config that is not JSON");
      continue;
    }
    for (const json::Member& entry : (*config)["auths"].members()) {
      std::string login;
      absl::string_view auth = entry.second["auth"].string_or();
      absl::string_view token = entry.second["identitytoken"].string_or();
      // DevSpace writes the token as the password.
      if (!token.empty() && absl::Base64Unescape(auth, &login)) {
        absl::StrAppend(&login, token);
        facts.push_back(absl::StrCat("identity token for ", entry.first));
        facts.push_back(absl::StrCat("login ", entry.first, " ",
                                     absl::Base64Escape(login)));
      } else {
        facts.push_back(absl::StrCat("login ", entry.first, " ", auth));
      }
    }
  }
  return facts;
}

std::vector<std::string> SharedArguments(const json::Value& pod,
                                         const json::Value& other) {
  std::vector<std::string> shared;
  const json::Value& others = other.Get({"spec", "containers"})[0]["args"];
  for (const json::Value& arg :
       pod.Get({"spec", "containers"})[0]["args"].items()) {
    for (const json::Value& candidate : others.items()) {
      if (arg == candidate) {
        shared.emplace_back(arg.string_or());
        break;
      }
    }
  }
  return shared;
}

std::vector<Difference> Compare(Facts devspace, Facts ours) {
  std::sort(devspace.begin(), devspace.end());
  std::sort(ours.begin(), ours.end());
  Facts theirs_only;
  Facts ours_only;
  std::set_difference(devspace.begin(), devspace.end(), ours.begin(),
                      ours.end(), std::back_inserter(theirs_only));
  std::set_difference(ours.begin(), ours.end(), devspace.begin(),
                      devspace.end(), std::back_inserter(ours_only));
  std::vector<Difference> differences;
  for (std::string& fact : theirs_only) {
    differences.push_back({false, std::move(fact)});
  }
  for (std::string& fact : ours_only) {
    differences.push_back({true, std::move(fact)});
  }
  return differences;
}

}  // namespace ovenbird::conformance
