#include "runtime/cli/context_owner.h"

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "runtime/build/owner.h"

namespace ovenbird::cli {
namespace {

TEST(ContextOwnerTest, ByTheEnvironment) {
  using Variables = std::vector<std::pair<std::string, std::string>>;
  struct Case {
    Variables variables;
    std::string owner;
  };
  const std::string me = "user me on laptop";
  for (const Case& c : std::vector<Case>{
           {{}, me},
           {{{"OVENBIRD_CONTEXT_KEY", "team/app"}}, "key `team/app`"},
           {{{"OVENBIRD_CONTEXT_KEY", ""}}, me},
           {{{"GITLAB_CI", "true"}, {"CI_PROJECT_PATH", "g/p"}}, "key `g/p`"},
           {{{"GITHUB_ACTIONS", "true"}, {"GITHUB_REPOSITORY", "o/r"}},
            "key `o/r`"},
           // Set by hand, not by a CI job.
           {{{"CI_PROJECT_PATH", "g/p"}, {"GITHUB_REPOSITORY", "o/r"}}, me},
           {{{"OVENBIRD_CONTEXT_KEY", "mine"},
             {"GITLAB_CI", "true"},
             {"CI_PROJECT_PATH", "g/p"}},
            "key `mine`"},
       }) {
    for (const char* name :
         {"OVENBIRD_CONTEXT_KEY", "GITLAB_CI", "CI_PROJECT_PATH",
          "GITHUB_ACTIONS", "GITHUB_REPOSITORY"}) {
      unsetenv(name);
    }
    for (const auto& [name, value] : c.variables) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    EXPECT_EQ(FindContextOwner({"me", "laptop", ""}).Describe(), c.owner);
  }
}

}  // namespace
}  // namespace ovenbird::cli
