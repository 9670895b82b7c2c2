#include "runtime/cli/describe.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace ovenbird::cli {
namespace {

std::vector<std::string> ChoicesOf(const std::string& type) {
  const size_t begin = type.find(":{");
  if (begin == type.npos) return {};
  absl::string_view list = absl::string_view(type).substr(begin + 2);
  list = list.substr(0, list.find('}'));
  return absl::StrSplit(list, ',');
}

Flag FlagOf(const CLI::Option& option) {
  Flag flag;
  for (const std::string& name : option.get_snames()) {
    flag.names.push_back(absl::StrCat("-", name));
  }
  for (const std::string& name : option.get_lnames()) {
    flag.names.push_back(absl::StrCat("--", name));
  }
  // A flag with values of its own, such as --fix=all, takes none as a word.
  const bool takes_word =
      option.get_positional() || option.get_items_expected_max() > 0;
  const std::string type = option.get_type_name();
  flag.choices = ChoicesOf(type);
  flag.value_is_optional = !option.get_fnames().empty();
  if (takes_word || flag.value_is_optional) flag.value = ValueName(option);
  flag.repeated =
      option.get_multi_option_policy() == CLI::MultiOptionPolicy::TakeAll ||
      option.get_items_expected_max() > 1;
  flag.required = option.get_required();
  flag.help = option.get_description();
  flag.group = option.get_group();
  return flag;
}

VerbInfo VerbOf(const CLI::App& app) {
  VerbInfo verb;
  verb.name = app.get_name();
  verb.help = app.get_description();
  verb.group = app.get_group();
  verb.example = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    (option->get_positional() ? verb.arguments : verb.flags)
        .push_back(FlagOf(*option));
  }
  return verb;
}

}  // namespace

std::string TypeOfChoice(absl::string_view value,
                         const std::vector<std::string>& choices) {
  return absl::StrCat(value, ":{", absl::StrJoin(choices, ","), "}");
}

std::string ValueName(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  // "[NAMESPACE:]NAME" has a colon, too.
  return type.substr(0, type.find(":{"));
}

CommandLine Describe(const CLI::App& app) {
  CommandLine all;
  all.help = app.get_description();
  all.footer = app.get_footer();
  for (const CLI::App* verb : app.get_subcommands({})) {
    if (!verb->get_group().empty()) all.verbs.push_back(VerbOf(*verb));
  }
  return all;
}

}  // namespace ovenbird::cli
