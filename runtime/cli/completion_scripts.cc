#include "runtime/cli/completion_scripts.h"

#include "absl/strings/string_view.h"

namespace ovenbird::cli {
namespace {

// bash ends words at `=` and `:`, and puts each candidate in the place of the
// last such word.
constexpr absl::string_view kBash =
    R"sh(# bash completion of ovenbird; load it with: source <(ovenbird completion bash)
_ovenbird() {
  local line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}" words begun before candidate help
  read -ra words <<<"${line}"
  [[ "${line}" == *[[:space:]] ]] && words+=("")
  begun="${words[${#words[@]} - 1]}"
  [[ "${word}" == [=:] ]] && word=""
  before="${begun%"${word}"}"
  COMPREPLY=()
  while IFS=$'\t' read -r candidate help; do
    case "${candidate}" in
    :files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r candidate; do COMPREPLY+=("${candidate}"); done < <(compgen -f -- "${word}")
      ;;
    :nospace) compopt -o nospace 2>/dev/null ;;
    *) COMPREPLY+=("${candidate#"${before}"}") ;;
    esac
  done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
}
complete -F _ovenbird ovenbird
)sh";

constexpr absl::string_view kZsh =
    R"sh(#compdef ovenbird
# zsh completion of ovenbird; load it with: source <(ovenbird completion zsh)
# or write it to a file called _ovenbird in a folder of $fpath.
_ovenbird() {
  local line suffix files
  local -a candidates
  for line in "${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}"; do
    case "${line}" in
    :files) files=1 ;;
    :nospace) suffix=1 ;;
    ?*) candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
    esac
  done
  if [[ -n "${files}" ]]; then
    compset -P '--*='
    _files
  elif [[ -n "${suffix}" ]]; then
    _describe -t values ovenbird candidates -S ''
  else
    _describe -t values ovenbird candidates
  fi
}
if [[ "${funcstack[1]}" == _ovenbird ]]; then
  _ovenbird "$@"
else
  compdef _ovenbird ovenbird
fi
)sh";

constexpr absl::string_view kFish =
    R"sh(# fish completion of ovenbird; load it with: ovenbird completion fish | source
function __ovenbird_complete
    set -l words (commandline -opc)
    set -l begun (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] "$begun" 2>/dev/null)
        switch $line
            case :files
                if string match -q -- '--*=*' $begun
                    set -l parts (string split -m 1 = -- $begun)
                    printf "$parts[1]=%s\n" (__fish_complete_path $parts[2])
                else
                    __fish_complete_path $begun
                end
            case :nospace
            case '*'
                echo $line
        end
    end
end
complete -c ovenbird -f -a '(__ovenbird_complete)'
)sh";

}  // namespace

absl::string_view CompletionScript(Shell shell) {
  switch (shell) {
    case Shell::kBash:
      return kBash;
    case Shell::kZsh:
      return kZsh;
    case Shell::kFish:
      break;
  }
  return kFish;
}

}  // namespace ovenbird::cli
