#include "runtime/lsp/config_names.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>

#include "absl/strings/ascii.h"
#include "runtime/config/variable_text.h"
#include "runtime/diag/diagnostic.h"
#include "runtime/yaml/parse.h"

namespace ovenbird::lsp {
namespace {

// Calls `visit` for each scalar below `node`, for shared ones several times.
void ForEachScalar(const yaml::Node& node,
                   const std::function<void(const yaml::Node&)>& visit) {
  if (node.is_scalar()) visit(node);
  for (const yaml::Node* item : node.items()) ForEachScalar(*item, visit);
  for (const yaml::Entry& entry : node.entries()) {
    ForEachScalar(*entry.value(), visit);
  }
}

Span Part(Span whole, size_t begin, size_t end) {
  return {whole.file, whole.begin + static_cast<uint32_t>(begin),
          whole.begin + static_cast<uint32_t>(end)};
}

absl::string_view TextOf(Span span) {
  return absl::string_view(span.file->text())
      .substr(span.begin, span.end - span.begin);
}

bool EndsName(char c) {
  return absl::ascii_isspace(c) || c == ',' || c == ']' || c == '}';
}

// Whether an anchor or an alias can begin at the offset.
bool CanBegin(absl::string_view text, size_t at) {
  return at == 0 || absl::ascii_isspace(text[at - 1]) || text[at - 1] == '[' ||
         text[at - 1] == '{' || text[at - 1] == ',';
}

}  // namespace

std::unique_ptr<ConfigTree> ParseConfig(const SourceFile& file, size_t cursor) {
  auto tree = std::make_unique<ConfigTree>();
  diag::Collector ignored;  // The check reports it.
  tree->root = yaml::Parse(file, tree->arena, ignored);
  if (tree->root != nullptr) return tree;
  std::string text = file.text();
  const int line = file.PositionAt(cursor).line;
  std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(file.LineStart(line)),
              file.Line(line).size(), ' ');
  tree->without_line =
      std::make_unique<SourceFile>(file.name(), std::move(text));
  tree->root = yaml::Parse(*tree->without_line, tree->arena, ignored);
  return tree;
}

VariableNames FindVariableNames(const ConfigTree& tree) {
  VariableNames names;
  names.definitions = FindNames(tree, "vars");
  if (tree.root == nullptr) return names;
  std::map<uint32_t, NameAt> uses;  // by their places: aliases share nodes
  ForEachScalar(*tree.root, [&](const yaml::Node& scalar) {
    const Span span = scalar.span();
    if (!span || scalar.anchor()) return;
    const absl::string_view text = TextOf(span);
    for (const config::VariableToken& token :
         config::FindVariables(text).tokens) {
      if (token.escaped) continue;
      const auto begin = static_cast<size_t>(token.name.data() - text.data());
      const Span place = Part(span, begin, begin + token.name.size());
      uses[place.begin] = {std::string(token.name), place};
    }
  });
  for (auto& [begin, use] : uses) names.uses.push_back(std::move(use));
  return names;
}

std::vector<NameAt> FindNames(const ConfigTree& tree, absl::string_view list) {
  std::vector<NameAt> names;
  const yaml::Node* items =
      tree.root == nullptr ? nullptr : tree.root->Find(list);
  if (items == nullptr) return names;
  for (const yaml::Node* item : items->items()) {
    const yaml::Node* name = item->Find("name");
    if (name == nullptr || !name->is_scalar() || name->scalar().empty()) {
      continue;
    }
    names.push_back({std::string(name->scalar()),
                     config::SpanInScalar(*name, 0, name->scalar().size())});
  }
  return names;
}

const NameAt* FindNameAt(const std::vector<NameAt>& names, size_t offset) {
  for (const NameAt& name : names) {
    if (name.span.begin <= offset && offset <= name.span.end) return &name;
  }
  return nullptr;
}

Span FindAnchor(const SourceFile& file, size_t offset) {
  const absl::string_view text = file.text();
  size_t begin = std::min(offset, text.size());
  while (begin > 0 && !EndsName(text[begin - 1]) &&
         (begin == text.size() || text[begin] != '*')) {
    --begin;
  }
  if (begin == text.size() || text[begin] != '*' || !CanBegin(text, begin)) {
    return {};
  }
  size_t end = begin + 1;
  while (end < text.size() && !EndsName(text[end])) ++end;
  const std::string anchor =
      "&" + std::string(text.substr(begin + 1, end - begin - 1));
  for (size_t at = text.rfind(anchor, begin); at != text.npos;
       at = at == 0 ? text.npos : text.rfind(anchor, at - 1)) {
    const size_t after = at + anchor.size();
    if (!CanBegin(text, at) ||
        (after < text.size() && !EndsName(text[after]))) {
      continue;
    }
    return {&file, static_cast<uint32_t>(at), static_cast<uint32_t>(after)};
  }
  return {};
}

}  // namespace ovenbird::lsp
