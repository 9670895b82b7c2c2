#include "runtime/dockerfile/shell_writes.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "runtime/base/clean_path.h"

namespace ovenbird::dockerfile {
namespace {

// How to read a command's words.
struct Known {
  enum Words {
    kNone,        // it writes nothing
    kAttributes,  // all operands but the first: chown OWNER FILE...
    kAll,         // every operand
    kLast,        // the last operand, from all others: cp
    kOption,      // an option names it
  };
  absl::string_view name;
  Words words = kNone;
  absl::string_view letters = {};  // options whose next word is a value
  absl::string_view target = {};   // kOption: the option's letters
  absl::string_view long_target = {};
  // Long options whose next word is a value, separated by spaces.
  absl::string_view long_values = {};
};

constexpr absl::string_view kCopyValues = "--target-directory --suffix";
constexpr absl::string_view kInstallValues =
    "--target-directory --suffix --mode --owner --group";
constexpr absl::string_view kGitValues =
    "--branch --depth --origin --config --reference --jobs --filter "
    "--template --upload-pack --shallow-since --separate-git-dir";

constexpr Known kKnown[] = {
    {":"},
    {"["},
    {"[["},
    {"awk"},
    {"basename"},
    {"cat"},
    {"cd"},
    {"chattr"},
    {"chgrp", Known::kAttributes},
    {"chmod", Known::kAttributes},
    {"chown", Known::kAttributes},
    {"chpasswd"},
    {"cp", Known::kLast, "tS", "", "", kCopyValues},
    {"curl", Known::kOption, "dHuXAeFTbcmw", "o", "--output", "--output-dir"},
    {"cut"},
    {"date"},
    {"dd"},
    {"df"},
    {"diff"},
    {"dirname"},
    {"du"},
    {"echo"},
    {"egrep"},
    {"exit"},
    {"export"},
    {"false"},
    {"file"},
    {"find"},
    {"getent"},
    {"git", Known::kNone, "Cbcoju", "", "", kGitValues},
    {"gpg", Known::kOption, "", "o", "--output"},
    {"grep"},
    {"groupadd"},
    {"groupmod"},
    {"addgroup"},
    {"head"},
    {"hostname"},
    {"id"},
    {"install", Known::kLast, "mogtS", "", "", kInstallValues},
    {"ldconfig"},
    {"ln", Known::kLast, "tS", "", "", kCopyValues},
    {"local"},
    {"ls"},
    {"mkdir", Known::kAll, "m", "", "", "--mode"},
    {"mkfifo", Known::kAll, "m", "", "", "--mode"},
    {"mktemp"},
    {"mv", Known::kLast, "tS", "", "", kCopyValues},
    {"openssl", Known::kOption, "", "", "-out"},
    {"passwd"},
    {"popd"},
    {"printf"},
    {"pushd"},
    {"pwd"},
    {"read"},
    {"return"},
    {"rm"},
    {"rmdir"},
    {"rsync", Known::kLast, "e"},
    {"sed"},
    {"set"},
    {"setcap", Known::kAttributes},
    {"setfacl", Known::kAll, "mxMX"},
    {"sha1sum"},
    {"sha256sum"},
    {"sha512sum"},
    {"shift"},
    {"shopt"},
    {"sleep"},
    {"sort"},
    {"source"},
    {"stat"},
    {"strip", Known::kAll},
    {"tail"},
    {"tar", Known::kOption, "", "C", "--directory", "--file"},
    {"tee", Known::kAll},
    {"test"},
    {"touch", Known::kAll, "drt", "", "", "--date --reference --time"},
    {"tr"},
    {"trap"},
    {"true"},
    {"truncate", Known::kAll, "sr", "", "", "--size --reference"},
    {"type"},
    {"umask"},
    {"uname"},
    {"uniq"},
    {"unset"},
    {"unzip", Known::kOption, "", "d", "-d"},
    {"useradd"},
    {"adduser"},
    {"usermod"},
    {"wait"},
    {"wc"},
    {"wget", Known::kOption, "PTteUi", "O", "--output-document",
     "--directory-prefix"},
    {"which"},
    {"whoami"},
};

const Known* FindKnown(absl::string_view name) {
  const Known* found =
      std::find_if(std::begin(kKnown), std::end(kKnown),
                   [&](const Known& each) { return each.name == name; });
  return found == std::end(kKnown) ? nullptr : found;
}

// `-R`, `-vR`, but not `--recursive`.
bool HasLetter(absl::string_view word, char letter) {
  return absl::StartsWith(word, "-") && !absl::StartsWith(word, "--") &&
         absl::StrContains(word, letter);
}

bool HasWord(absl::string_view words, absl::string_view word) {
  for (absl::string_view each : absl::StrSplit(words, ' ')) {
    if (each == word) return true;
  }
  return false;
}

bool HasGlob(absl::string_view text) {
  return text.find_first_of("*?[") != absl::string_view::npos;
}

std::string LastPart(absl::string_view path) {
  while (path.size() > 1 && absl::ConsumeSuffix(&path, "/")) {
  }
  return std::string(path.substr(path.rfind('/') + 1));
}

// Of a URL: `https://h/a/b.tgz?x` is saved as `b.tgz`.
std::string FileOfUrl(absl::string_view url) {
  return LastPart(url.substr(0, url.find_first_of("?#")));
}

bool IsUrl(absl::string_view word) {
  return absl::StrContains(word, "://") || absl::StartsWith(word, "git@");
}

class Finder {
 public:
  explicit Finder(const ShellCommand& command)
      : command_(command), known_(FindKnown(command.name)) {}

  std::vector<Write> Run() {
    for (const std::string& path : command_.outputs) Add(path);
    SplitWords();
    if (command_.name == "dpkg-statoverride") {
      if (HasOption('u', "--update") && !operands_.empty()) {
        Change(operands_.back());
      }
    } else if (known_ != nullptr) {
      AddKnown();
      AddOthers();
    }
    return std::move(writes_);
  }

  std::vector<std::string> Deletions() {
    SplitWords();
    std::vector<std::string> paths;
    if (command_.name == "mv" && !operands_.empty() && !TargetFolder()) {
      operands_.pop_back();
    }
    if (command_.name == "mv" || command_.name == "rm" ||
        command_.name == "rmdir") {
      for (const std::string& word : operands_) {
        paths.push_back(ResolvePath(word, command_.folder));
      }
    }
    return paths;
  }

 private:
  bool HasOption(char letter, absl::string_view name) const {
    return std::any_of(
        options_.begin(), options_.end(), [&](const std::string& word) {
          return word == name || (letter != '\0' && HasLetter(word, letter));
        });
  }

  // Whether the option's value is the next word.
  bool TakesValue(absl::string_view word) const {
    if (known_ == nullptr) return false;
    if (absl::StartsWith(word, "--")) {
      return (known_->words == Known::kOption && word == known_->long_target) ||
             HasWord(known_->long_values, word);
    }
    if (word == known_->long_target) return true;
    // The first letter that has a value takes the rest of the word, if any.
    const size_t letter =
        word.find_first_of(absl::StrCat(known_->letters, known_->target), 1);
    return letter != word.npos && letter + 1 == word.size();
  }

  // The value of an option of one word or two, such as `-t` and
  // `--target-directory`; the last one counts.
  std::optional<std::string> ValueOf(char letter,
                                     absl::string_view name) const {
    std::optional<std::string> value;
    for (size_t i = 0; i < options_.size(); ++i) {
      absl::string_view word = options_[i];
      if (absl::StartsWith(word, "--")) {
        if (!absl::ConsumePrefix(&word, name)) continue;
        if (word.empty()) value = values_[i];
        if (absl::ConsumePrefix(&word, "=")) value = std::string(word);
        continue;
      }
      const size_t at = word.find_first_of(known_->letters, 1);
      if (at == word.npos || word[at] != letter) continue;
      value =
          at + 1 < word.size() ? std::string(word.substr(at + 1)) : values_[i];
    }
    return value;
  }

  // Into options with their values, and operands.
  void SplitWords() {
    const std::vector<std::string>& words = command_.arguments;
    bool only_operands = false;
    for (size_t i = 0; i < words.size(); ++i) {
      if (only_operands || words[i].size() < 2 || words[i][0] != '-') {
        operands_.push_back(words[i]);
      } else if (words[i] == "--") {
        only_operands = true;
      } else {
        options_.push_back(words[i]);
        const bool has_value = TakesValue(words[i]) && i + 1 < words.size();
        values_.push_back(has_value ? words[++i] : "");
      }
    }
  }

  void Add(absl::string_view path, Write::Reach reach = Write::kItself,
           bool parents = false) {
    if (path.empty() || path == "-") return;
    writes_.push_back({ResolvePath(path, command_.folder), reach,
                       /*attributes=*/false, parents});
  }

  void Change(absl::string_view path) {
    const bool all = HasOption('R', "--recursive");
    writes_.push_back({path.empty() ? "" : ResolvePath(path, command_.folder),
                       all ? Write::kAllBelow : Write::kItself,
                       /*attributes=*/true, /*parents=*/false});
  }

  void AddKnown() {
    switch (known_->words) {
      case Known::kNone:
        return;
      case Known::kAttributes: {
        const bool reference = std::any_of(
            options_.begin(), options_.end(), [](const std::string& word) {
              return absl::StartsWith(word, "--reference");
            });
        for (size_t i = reference ? 0 : 1; i < operands_.size(); ++i) {
          Change(operands_[i]);
        }
        ChangeFound();
        return;
      }
      case Known::kAll:
        for (const std::string& word : operands_) {
          if (command_.name == "setfacl") {
            Change(word);
          } else {
            Add(word, Write::kItself, HasOption('p', "--parents"));
          }
        }
        if (command_.name == "setfacl") ChangeFound();
        return;
      case Known::kLast:
        AddCopies();
        return;
      case Known::kOption:
        for (size_t i = 0; i < options_.size(); ++i) {
          if (const std::string path = InOutputFolder(TargetOf(i));
              !path.empty()) {
            Add(path, TargetReach());
            if (command_.name == "unzip") Add(path);  // made if missing
          }
        }
        return;
    }
  }

  // What `find` or `xargs` appends may be anything below its folders.
  void ChangeFound() {
    for (const std::string& path : command_.found) {
      Change(path);
      writes_.back().reach = Write::kAllBelow;
    }
  }

  // curl has an option for the folder of its output, also for `-o`.
  std::string InOutputFolder(const std::string& path) const {
    if (path.empty() || command_.name != "curl") return path;
    const std::optional<std::string> folder = ValueOf('\0', "--output-dir");
    return folder ? absl::StrCat(*folder, "/", path) : path;
  }

  // tar and unzip fill a folder, the others write a file.
  Write::Reach TargetReach() const {
    return command_.name == "tar" || command_.name == "unzip" ? Write::kInto
                                                              : Write::kItself;
  }

  // The value of the option when it is the one that names a target.
  std::string TargetOf(size_t index) const {
    absl::string_view word = options_[index];
    if (absl::ConsumePrefix(&word, known_->long_target)) {
      if (absl::ConsumePrefix(&word, "=")) return std::string(word);
      if (word.empty()) return values_[index];
    }
    word = options_[index];
    if (absl::StartsWith(word, "--") || known_->target.empty()) return "";
    const size_t letter = word.find(known_->target[0]);
    if (letter == absl::string_view::npos) return "";
    // `-o/file` is one word; `-qO file` and `-xzC folder` are two.
    return letter + 1 < word.size() ? std::string(word.substr(letter + 1))
                                    : values_[index];
  }

  void AddCopies() {
    if (command_.name == "install" && HasOption('d', "--directory")) {
      AddInstalledFolders();
      return;
    }
    if (const std::optional<std::string> folder = TargetFolder()) {
      return AddCopiesInto(*folder);
    }
    if (operands_.empty()) return;
    if (operands_.size() == 1 && command_.name != "ln") return;
    const std::string target = operands_.back();
    if (operands_.size() == 1) {  // `ln -s /a/b`
      Add(LastPart(target));
      return;
    }
    const bool names_known =
        command_.name != "rsync" && NamesAreKnown(operands_.size() - 1);
    const bool parents = HasOption('D', "--parents");
    const bool into = operands_.size() > 2 || absl::EndsWith(target, "/");
    if (!into || !names_known) {
      Add(target, names_known ? Write::kItself : Write::kInto, parents);
    }
    if (command_.name == "rsync") Add(target);  // made if missing
    // When the target is a folder that is there.
    for (size_t i = 0; names_known && i + 1 < operands_.size(); ++i) {
      Add(absl::StrCat(target, "/", LastPart(operands_[i])));
    }
  }

  // Of cp, mv, ln and install: the folder to write into, if an option names it.
  std::optional<std::string> TargetFolder() const {
    return ValueOf('t', "--target-directory");
  }

  // Whether the first operands show the names of what is copied.
  bool NamesAreKnown(size_t count) const {
    return std::all_of(operands_.begin(), operands_.begin() + count,
                       [](const std::string& operand) {
                         const std::string name = LastPart(operand);
                         return !HasGlob(name) && name != "." && name != "..";
                       });
  }

  void AddCopiesInto(const std::string& folder) {
    if (HasOption('D', "--parents")) Add(folder, Write::kItself, true);
    if (!NamesAreKnown(operands_.size())) return Add(folder, Write::kInto);
    for (const std::string& operand : operands_) {
      Add(absl::StrCat(folder, "/", LastPart(operand)));
    }
  }

  // `install -d` sets the owner of folders that are there already, too.
  void AddInstalledFolders() {
    const bool changes = HasOption('o', "--owner") ||
                         HasOption('g', "--group") || HasOption('m', "--mode");
    for (const std::string& word : operands_) {
      Add(word, Write::kItself, /*parents=*/true);
      if (changes) Change(word);
    }
  }

  // Those that no table can hold.
  void AddOthers() {
    if (command_.name == "dd") {
      for (absl::string_view word : operands_) {
        if (absl::ConsumePrefix(&word, "of=")) Add(word);
      }
    } else if (command_.name == "sed") {
      AddEdited();
    } else if (command_.name == "curl" || command_.name == "wget") {
      AddDownloads();
    } else if (command_.name == "git") {
      AddClone();
    } else if (command_.name == "tar") {
      AddTar();
    } else if (command_.name == "unzip" && !HasOption('d', "")) {
      Add(".", Write::kInto);
    } else if (command_.name == "useradd" || command_.name == "adduser") {
      AddUser();
    } else if (command_.name == "usermod" || command_.name == "groupmod" ||
               command_.name == "groupadd" || command_.name == "addgroup" ||
               command_.name == "passwd" || command_.name == "chpasswd") {
      AddAccounts();
    }
  }

  void AddEdited() {
    const bool in_place = std::any_of(
        options_.begin(), options_.end(), [](const std::string& word) {
          return HasLetter(word, 'i') || absl::StartsWith(word, "--in-place");
        });
    if (!in_place) return;
    // The script may be the first one: no later command needs it as a file.
    for (const std::string& word : operands_) Add(word);
  }

  void AddDownloads() {
    const bool curl = command_.name == "curl";
    const bool by_url = curl
                            ? HasOption('O', "--remote-name")
                            : std::none_of(writes_.begin(), writes_.end(),
                                           [](const Write&) { return true; }) &&
                                  !HasOption('O', "--output-document");
    if (!by_url) return;
    const std::string folder = (curl ? ValueOf('\0', "--output-dir")
                                     : ValueOf('P', "--directory-prefix"))
                                   .value_or(".");
    for (const std::string& word : operands_) {
      if (IsUrl(word) || absl::StrContains(word, '/') ||
          absl::StartsWith(word, "$")) {
        Add(absl::StrCat(folder, "/", FileOfUrl(word)));
      }
    }
  }

  void AddClone() {
    const std::string folder =
        ResolvePath(ValueOf('C', "").value_or("."), command_.folder);
    const auto clone =
        std::find(operands_.begin(), operands_.end(), std::string("clone"));
    if (clone == operands_.end()) return Add(folder, Write::kInto);
    auto url = std::find_if(clone, operands_.end(), [](const auto& word) {
      return IsUrl(word) || absl::StartsWith(word, "$");
    });
    if (url == operands_.end()) url = clone + 1;  // a folder of this machine
    if (url == operands_.end()) return;
    if (url + 1 != operands_.end()) {
      Add(ResolvePath(operands_.back(), folder), Write::kInto,
          /*parents=*/true);
    } else {
      Add(ResolvePath(absl::StripSuffix(LastPart(*url), ".git"), folder));
    }
  }

  // `tar xzf FILE MEMBER...`, into a folder that is there; or `tar czf FILE`.
  void AddTar() {
    const std::vector<std::string>& words = command_.arguments;
    // Letters without a dash come first, and are an operand here.
    const bool dash = words.empty() || absl::StartsWith(words[0], "-");
    const size_t archive = dash ? 0 : 1;
    const std::optional<std::string> file = ValueOf('\0', "--file");
    const bool makes = dash ? HasOption('c', "--create") ||
                                  HasOption('r', "--append") ||
                                  HasOption('u', "--update")
                            : words[0].find_first_of("cru") != words[0].npos;
    if (makes) {
      writes_.clear();  // -C is where the files are read
      for (const std::string& path : command_.outputs) Add(path);
      if (file) return Add(*file);
      if (archive < operands_.size()) Add(operands_[archive]);
      return;
    }
    std::string folder = ".";
    for (const Write& write : writes_) {
      if (write.reach == Write::kInto) folder = write.path;
    }
    if (folder == ".") Add(".", Write::kInto);
    for (size_t i = file ? archive : archive + 1; i < operands_.size(); ++i) {
      Add(absl::StrCat(folder, "/", operands_[i]));
    }
  }

  void AddUser() {
    AddAccounts();
    const std::vector<std::string>& words = command_.arguments;
    std::string home;
    for (size_t i = 0; i < words.size(); ++i) {
      absl::string_view word = words[i];
      const bool next = word == "--home" || word == "--home-dir" ||
                        word == "-h" ||
                        (HasLetter(word, 'd') && absl::EndsWith(word, "d"));
      if (next && i + 1 < words.size()) home = words[i + 1];
      if (absl::ConsumePrefix(&word, "--home=") ||
          absl::ConsumePrefix(&word, "--home-dir=")) {
        home = std::string(word);
      }
    }
    // The user's name is the last operand, or the first of two.
    if (home.empty() && !operands_.empty()) {
      home = absl::StrCat("/home/", operands_.back());
    }
    Add(home);
  }

  void AddAccounts() {
    for (const char* file : {"passwd", "group", "shadow", "gshadow"}) {
      Add(absl::StrCat("/etc/", file));
    }
  }

  const ShellCommand& command_;
  const Known* const known_;
  std::vector<std::string> options_;
  std::vector<std::string> values_;  // of the options; may be empty
  std::vector<std::string> operands_;
  std::vector<Write> writes_;
};

}  // namespace

bool LiesBelow(absl::string_view path, absl::string_view folder) {
  return absl::ConsumePrefix(&path, folder) &&
         (folder == "/" ? !path.empty() : absl::StartsWith(path, "/"));
}

std::vector<Write> WritesOf(const ShellCommand& command) {
  return Finder(command).Run();
}

std::vector<std::string> DeletionsOf(const ShellCommand& command) {
  return Finder(command).Deletions();
}

bool IsUnderstood(const ShellCommand& command) {
  return FindKnown(command.name) != nullptr;
}

bool IsBelow(const Write& write, absl::string_view folder) {
  const std::string clean = CleanPath(folder);
  if (LiesBelow(write.path, clean)) return true;
  if (write.reach == Write::kItself) return false;
  return write.path == clean ||
         (write.reach == Write::kAllBelow && LiesBelow(clean, write.path));
}

}  // namespace ovenbird::dockerfile
