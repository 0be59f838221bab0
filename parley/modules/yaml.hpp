// SPDX-License-Identifier: Apache-2.0
// YAML as module folders use it: maps with known keys, lists and scalars, with the place of each
// for messages. The only header here that shows the YAML library; private to the folder.
#pragma once
#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/error.hpp"

namespace parley::modules {

/// One file of a module. `path` is inside the module's folder and names the file in messages.
struct File {
  std::string module;
  std::string path;
};

/// "base/models/user.yaml:12: <text>"
Error fault(const File& file, const YAML::Node& node, std::string text);

/// The one document of a file.
/// limits:  file_bytes_max
/// fails:   rejected with file and line: no UTF-8, no YAML, not exactly one document
Result<YAML::Node> parse(const File& file, std::string_view bytes);
inline constexpr std::size_t file_bytes_max = 16u << 20;
/// The items of the one list a file holds.
Result<std::vector<YAML::Node>> parse_list(const File& file, std::string_view bytes);

/// `default`, `domain` ... as they stand: text of a scalar.
Result<std::string> text_of(const File& file, const YAML::Node& node, std::string_view what);
/// The texts of a list; nothing gives none.
Result<std::vector<std::string>> texts_of(const File& file, const YAML::Node& node,
                                          std::string_view what);
/// Plain true or false; `no` and `off` are refused rather than guessed.
Result<bool> boolean_of(const File& file, const YAML::Node& node, std::string_view what);
Result<std::int64_t> integer_of(const File& file, const YAML::Node& node, std::string_view what);
/// Whether a scalar was written with quotes or as a block.
bool is_quoted(const YAML::Node& node);

/// A map whose keys are known, each once.
class Map {
 public:
  /// `kind` names the thing in messages: "field", "record".
  static Result<Map> open(const File& file, const YAML::Node& node, std::string_view kind,
                          std::span<const std::string_view> known);
  static Result<Map> open(const File& file, const YAML::Node& node, std::string_view kind,
                          std::initializer_list<std::string_view> known) {
    return open(file, node, kind, std::span(known.begin(), known.size()));
  }
  /// A map with keys of any name: the fields of a model, the values of a record.
  static Result<Map> open_any(const File& file, const YAML::Node& node, std::string_view kind);

  const YAML::Node* find(std::string_view key) const;
  Result<const YAML::Node*> get(std::string_view key) const;  // fails: the key is missing
  const std::vector<std::pair<std::string, YAML::Node>>& entries() const { return entries_; }
  Error fault(std::string text) const { return modules::fault(*file_, node_, std::move(text)); }

  // The value of `key`, or `fallback` when the key is not there.
  Result<std::string> text(std::string_view key, std::string fallback = {}) const;
  Result<bool> boolean(std::string_view key, bool fallback) const;
  Result<std::int64_t> integer(std::string_view key, std::int64_t fallback) const;
  /// The text of a key that must be there and not empty.
  Result<std::string> needed_text(std::string_view key) const;

 private:
  Map(const File& file, const YAML::Node& node) : file_(&file), node_(node) {}
  const File* file_;  // outlives the map
  YAML::Node node_;
  std::string kind_;
  std::vector<std::pair<std::string, YAML::Node>> entries_;
};

}  // namespace parley::modules
