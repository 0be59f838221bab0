// SPDX-License-Identifier: Apache-2.0
// The YAML library throws; what it throws is caught in parse and goes no further.
#include "parley/modules/yaml.hpp"

#include <algorithm>
#include <charconv>

#include "parley/core/utf8.hpp"

namespace parley::modules {
namespace {

Error fault_at(const File& file, int line, std::string text) {
  std::string place = file.module + "/" + file.path + ":" + std::to_string(line);
  return Error(Code::rejected, place + ": " + std::move(text), place);
}

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

}  // namespace

Error fault(const File& file, const YAML::Node& node, std::string text) {
  return fault_at(file, node.Mark().line + 1, std::move(text));
}

Result<YAML::Node> parse(const File& file, std::string_view bytes) {
  if (bytes.size() > file_bytes_max)
    return fault_at(
        file, 1,
        std::to_string(bytes.size()) + " bytes, at most " + std::to_string(file_bytes_max));
  if (!is_utf8(bytes)) return fault_at(file, 1, "the file is not UTF-8");
  try {
    std::vector<YAML::Node> documents = YAML::LoadAll(std::string(bytes));
    if (documents.size() != 1)
      return fault_at(file, 1, "one document is expected, not " + std::to_string(documents.size()));
    return documents.front();
  } catch (const YAML::Exception& error) {
    return fault_at(file, error.mark.line + 1, "no YAML: " + error.msg);
  }
}

Result<std::vector<YAML::Node>> parse_list(const File& file, std::string_view bytes) {
  PARLEY_TRY(YAML::Node top, parse(file, bytes));
  if (!top.IsSequence()) return fault(file, top, "the file must hold one list");
  std::vector<YAML::Node> out;
  for (const YAML::Node& item : top) out.push_back(item);
  return out;
}

bool is_quoted(const YAML::Node& node) { return node.Tag() == "!"; }

Result<std::string> text_of(const File& file, const YAML::Node& node, std::string_view what) {
  if (!node.IsScalar()) return fault(file, node, std::string(what) + " must be a text");
  return node.Scalar();
}

Result<std::vector<std::string>> texts_of(const File& file, const YAML::Node& node,
                                          std::string_view what) {
  std::vector<std::string> out;
  if (node.IsNull()) return out;
  if (!node.IsSequence()) return fault(file, node, std::string(what) + " must be a list of texts");
  for (const YAML::Node& item : node) {
    PARLEY_TRY(std::string text, text_of(file, item, what));
    out.push_back(std::move(text));
  }
  return out;
}

Result<bool> boolean_of(const File& file, const YAML::Node& node, std::string_view what) {
  if (node.IsScalar() && !is_quoted(node)) {
    if (node.Scalar() == "true") return true;
    if (node.Scalar() == "false") return false;
  }
  return fault(file, node, std::string(what) + " must be true or false");
}

Result<std::int64_t> integer_of(const File& file, const YAML::Node& node, std::string_view what) {
  if (node.IsScalar() && !is_quoted(node)) {
    const std::string& text = node.Scalar();
    std::int64_t out = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (failure == std::errc{} && end == text.data() + text.size()) return out;
  }
  return fault(file, node, std::string(what) + " must be a whole number");
}

Result<Map> Map::open_any(const File& file, const YAML::Node& node, std::string_view kind) {
  if (!node.IsMap()) return modules::fault(file, node, std::string(kind) + ": a map is expected");
  Map out(file, node);
  out.kind_ = kind;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar())
      return modules::fault(file, node, std::string(kind) + ": a key must be a text");
    const std::string& key = pair.first.Scalar();
    if (out.find(key) != nullptr)
      return modules::fault(file, pair.first,
                            std::string(kind) + ": key " + quoted(key) + " occurs twice");
    out.entries_.emplace_back(key, pair.second);
  }
  return out;
}

Result<Map> Map::open(const File& file, const YAML::Node& node, std::string_view kind,
                      std::span<const std::string_view> known) {
  PARLEY_TRY(Map out, open_any(file, node, kind));
  for (const auto& [key, value] : out.entries_)
    if (std::find(known.begin(), known.end(), key) == known.end())
      return modules::fault(file, value, std::string(kind) + ": unknown key " + quoted(key));
  return out;
}

const YAML::Node* Map::find(std::string_view key) const {
  for (const auto& entry : entries_)
    if (entry.first == key) return &entry.second;
  return nullptr;
}

Result<const YAML::Node*> Map::get(std::string_view key) const {
  const YAML::Node* node = find(key);
  if (node == nullptr) return fault(kind_ + ": key " + quoted(key) + " is missing");
  return node;
}

Result<std::string> Map::text(std::string_view key, std::string fallback) const {
  const YAML::Node* node = find(key);
  return node == nullptr ? Result<std::string>(std::move(fallback))
                         : text_of(*file_, *node, quoted(key));
}

Result<bool> Map::boolean(std::string_view key, bool fallback) const {
  const YAML::Node* node = find(key);
  return node == nullptr ? Result<bool>(fallback) : boolean_of(*file_, *node, quoted(key));
}

Result<std::int64_t> Map::integer(std::string_view key, std::int64_t fallback) const {
  const YAML::Node* node = find(key);
  return node == nullptr ? Result<std::int64_t>(fallback) : integer_of(*file_, *node, quoted(key));
}

Result<std::string> Map::needed_text(std::string_view key) const {
  PARLEY_TRY(const YAML::Node* node, get(key));
  PARLEY_TRY(std::string out, text_of(*file_, *node, quoted(key)));
  if (out.empty()) return modules::fault(*file_, *node, kind_ + ": " + quoted(key) + " is empty");
  return out;
}

}  // namespace parley::modules
