#include "runtime/plan/build_args.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "runtime/config/decode.h"
#include "runtime/diag/catalog.h"

namespace ovenbird::plan {

std::vector<std::pair<std::string, std::string>> BuildArgs(
    const config::BuildOptions& options,
    const std::function<std::optional<std::string>(const std::string&)>&
        environment,
    const std::string& key, diag::Sink& sink) {
  std::map<std::string, std::string> sorted;
  const yaml::Node* args =
      options.source == nullptr ? nullptr : options.source->Find("buildArgs");
  for (const auto& [name, value] : options.build_args) {
    if (value) {
      sorted[name] = *value;
    } else if (auto found = environment(name)) {
      sorted[name] = *found;
    } else {
      diag::Diagnostic unset =
          diag::BuildArgUnset(config::decode::KeySpanOf(args, name), name);
      unset.config_path = absl::StrCat("images.", key);
      if (args == nullptr || args->Find(name) == nullptr) {
        unset.help =
            absl::StrCat("set the environment variable, or write `--build-arg ",
                         name, "=` for an empty value");
      }
      sink.Handle(std::move(unset));
    }
  }
  return {sorted.begin(), sorted.end()};
}

}  // namespace ovenbird::plan
