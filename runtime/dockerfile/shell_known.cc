#include "runtime/dockerfile/shell_known.h"

#include <algorithm>
#include <iterator>

namespace ovenbird::dockerfile {
namespace {

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
    {"mknod", Known::kFirst, "m", "", "", "--mode"},
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

}  // namespace

const Known* FindKnown(absl::string_view name) {
  const Known* found =
      std::find_if(std::begin(kKnown), std::end(kKnown),
                   [&](const Known& each) { return each.name == name; });
  return found == std::end(kKnown) ? nullptr : found;
}

}  // namespace ovenbird::dockerfile
