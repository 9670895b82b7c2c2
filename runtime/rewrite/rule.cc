#include "runtime/rewrite/rule.h"

#include <vector>

#include "runtime/base/hash_map.h"
#include "runtime/rewrite/add.h"
#include "runtime/rewrite/add_checksum.h"
#include "runtime/rewrite/cache_names.h"
#include "runtime/rewrite/chmod_words.h"
#include "runtime/rewrite/chown.h"
#include "runtime/rewrite/config.h"
#include "runtime/rewrite/copied_hard_links.h"
#include "runtime/rewrite/copy.h"
#include "runtime/rewrite/early_volumes.h"
#include "runtime/rewrite/escape.h"
#include "runtime/rewrite/from.h"
#include "runtime/rewrite/hard_links.h"
#include "runtime/rewrite/heredoc.h"
#include "runtime/rewrite/list_and_text.h"
#include "runtime/rewrite/modifiers.h"
#include "runtime/rewrite/mount_paths.h"
#include "runtime/rewrite/new_folders.h"
#include "runtime/rewrite/old_capabilities.h"
#include "runtime/rewrite/old_from.h"
#include "runtime/rewrite/old_groups.h"
#include "runtime/rewrite/old_kaniko.h"
#include "runtime/rewrite/old_user.h"
#include "runtime/rewrite/own_paths.h"
#include "runtime/rewrite/run_mounts.h"
#include "runtime/rewrite/second_expansion.h"
#include "runtime/rewrite/special_files.h"
#include "runtime/rewrite/stages.h"
#include "runtime/rewrite/unpacked_files.h"
#include "runtime/rewrite/user.h"
#include "runtime/rewrite/variables.h"
#include "runtime/rewrite/workdir.h"

namespace ovenbird::rewrite {
namespace {

using dockerfile::Capability;

// One table, in the order in which the rules are applied.
absl::Span<const Rule> Rules() {
  static const auto& rules = *new std::vector<Rule>{
      {Capability::kUnneededStage, {"COPY"}, NameStages},
      {Capability::kPlatformArg, {"ARG"}, WriteOutPlatform},
      {Capability::kVariableValue, {"ARG"}, WriteOutArg},
      {Capability::kVariableValue,
       {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER",
        "VOLUME", "WORKDIR"},
       WriteOutVariables},
      {Capability::kEscapeOfValue,
       {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER",
        "VOLUME", "WORKDIR"},
       WriteOutEscapes},
      {Capability::kVariableModifier,
       {"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER",
        "VOLUME", "WORKDIR"},
       WriteOutModifiers},
      {Capability::kQuotedHeredoc, {"RUN"}, TakeInHeredocs},
      {Capability::kVariableValue, {"RUN"}, WriteOutEnvironment},
      {Capability::kVariableModifier, {"RUN"}, HideModifiers},
      {Capability::kRunMountTmpfs, {"RUN"}, TakeOutMounts},
      {Capability::kRunMountTmpfs,
       {"RUN", "COPY", "ADD", "WORKDIR"},
       ReportUsesOfMounts},
      {Capability::kSeveralArgs, {"ARG"}, SplitArgs},
      {Capability::kJsonAndText,
       {"RUN", "CMD", "ENTRYPOINT"},
       WriteOutListAndText},
      {Capability::kJsonAndText,
       {"HEALTHCHECK", "VOLUME", "COPY", "ADD"},
       ReportListAndText},
      {Capability::kCacheLabel, {"LABEL"}, KeepFromSecondExpansion},
      {Capability::kCacheEnv, {"ENV"}, KeepFromSecondExpansion},
      {Capability::kKeywordCase, {"CMD", "ENTRYPOINT"}, WriteOutKeyword},
      {Capability::kShellForm, {"CMD", "ENTRYPOINT"}, WriteOutShell},
      {Capability::kExposeForm, {"EXPOSE"}, WriteOutPorts},
      {Capability::kMaintainer, {"MAINTAINER"}, ReportAuthor},
      {Capability::kHealthcheckStartInterval,
       {"HEALTHCHECK"},
       ReportStartInterval},
      {Capability::kVolumeWritten, {"VOLUME"}, MoveVolume},
      {Capability::kCacheVolume, {"VOLUME"}, KeepFoldersOfVolume},
      {Capability::kUserVariable, {"USER"}, WriteOutUser},
      {Capability::kUserNumber, {"USER"}, ReportNumber},
      {Capability::kUserGroup, {"USER"}, ReportGroup},
      {Capability::kUserConfigGroup, {"USER"}, ReportStoredGroup},
      {Capability::kUserConfigGroup, {"RUN"}, ReportGroupOfBase},
      {Capability::kUserOtherGroups, {"RUN"}, ReportOtherGroups},
      {Capability::kFileCapability, {"RUN"}, ReportChangedCapabilities},
      {Capability::kWorkdirRelative, {"WORKDIR"}, WriteOutFolder},
      {Capability::kWorkdirOfBase, {"WORKDIR"}, KeepFolder},
      {Capability::kWorkdirOfUser, {"WORKDIR"}, RewriteWorkdir},
      {Capability::kWorkdirOwner, {"WORKDIR"}, MakeFolderOfUser},
      {Capability::kRunMountTmpfs, {"WORKDIR"}, MakeFolderAboveMount},
      {Capability::kHardLinks, {"RUN"}, KeepNewNames},
      {Capability::kUnpackedFiles, {"RUN"}, HideNsswitch},
      {Capability::kUnpackedFiles, {"RUN"}, DeleteHidden},
      {Capability::kCacheVolume, {"RUN"}, RemoveEarlyVolumes},
      {Capability::kRunWorkdir, {"RUN"}, RestoreWorkdir},
      {Capability::kRunNetwork, {"RUN"}, DropDefaultFlags},
      {Capability::kQuotedHeredoc, {"RUN"}, WriteOutScript},
      {Capability::kRunProgram, {"RUN"}, FindProgram},
      {Capability::kVariableModifier, {"RUN"}, HideInList},
      {Capability::kCopyLink, {"COPY", "ADD"}, DropLink},
      {Capability::kAddKeepGitDir, {"ADD"}, DropKeepGitDir},
      {Capability::kAddUrlQuery, {"ADD"}, NameDownload},
      {Capability::kAddUrlStatus, {"ADD"}, ReportMissingPage},
      {Capability::kOwnPaths, {"RUN", "COPY", "ADD"}, ReportOwnPaths},
      {Capability::kUnpackedFiles, {"COPY"}, DeleteHiddenOfStage},
      {Capability::kCopyChmodWords, {"COPY", "ADD"}, WriteOutModeWords},
      {Capability::kCopyFromModes, {"COPY"}, RewriteCopyFrom},
      {Capability::kCopyFromOwner, {"COPY"}, ReportLostOwners},
      {Capability::kCopyChownNumber, {"COPY", "ADD"}, ReportOwnersOfNewFolders},
      {Capability::kCopyChownNumber, {"COPY", "ADD"}, WriteOutNumbers},
      {Capability::kCopyChownNumber, {"COPY", "ADD"}, ReportNumbers},
      {Capability::kCopyChown, {"COPY", "ADD"}, WriteOutOwner},
      {Capability::kCopyChownGroup, {"COPY", "ADD"}, RewriteChown},
      {Capability::kAddPacked, {"ADD"}, RewriteAdd},
      {Capability::kCopySource, {"COPY", "ADD"}, RewriteCopy},
      {Capability::kCopyChown, {"COPY", "ADD"}, ReportIgnoredChown},
      {Capability::kAddChecksum, {"ADD"}, CheckDownload},
      {Capability::kCacheKeyNames, {"COPY", "ADD"}, AddNames},
      {Capability::kHardLinks, {"COPY", "ADD"}, KeepCopiedNames},
      {Capability::kHardLinks, {"COPY", "ADD"}, KeepNamesOfTargets},
      {Capability::kSpecialFiles, {"COPY", "ADD"}, MakeSpecialFiles},
      {Capability::kNewFolder, {"COPY", "ADD", "WORKDIR"}, KeepNewFolders},
  };
  return rules;
}

using RulesByKeyword = HashMap<absl::string_view, std::vector<const Rule*>>;

RulesByKeyword SortByKeyword() {
  RulesByKeyword sorted;
  for (const Rule& rule : Rules()) {
    for (const absl::string_view keyword : rule.keywords) {
      sorted[keyword].push_back(&rule);
    }
  }
  return sorted;
}

}  // namespace

absl::Span<const Rule* const> RulesFor(absl::string_view keyword) {
  static const auto& rules = *new RulesByKeyword(SortByKeyword());
  const auto found = rules.find(keyword);
  if (found == rules.end()) return {};
  return found->second;
}

}  // namespace ovenbird::rewrite
