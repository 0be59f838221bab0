// SPDX-License-Identifier: Apache-2.0
// data/, demo/, access.yaml and rules.yaml as data rows. Private to the folder.
#pragma once
#include "parley/modules/yaml.hpp"
#include "parley/orm/module.hpp"

namespace parley::modules {

/// The fields of the models a module may have records of: its own and those of modules below.
class KnownFields {
 public:
  void add(const orm::Module& module);
  bool has_model(std::string_view model) const { return models_.find(model) != models_.end(); }
  const orm::FieldSpec* find(std::string_view model, std::string_view field) const;

 private:
  TextMap<TextMap<const orm::FieldSpec*>> models_;  // views the modules added
};

using DataRows = std::vector<orm::DataRow>;

/// One item of a data or demo file: a record or a table of them.
Result<void> read_records(const File& file, const YAML::Node& node, const KnownFields& known,
                          DataRows& out);
/// One row of access.yaml, as a record of ir.model.access.
Result<void> read_access(const File& file, const YAML::Node& node, const KnownFields& known,
                         DataRows& out);
/// One row of rules.yaml, as a record of ir.rule.
Result<void> read_rule(const File& file, const YAML::Node& node, const KnownFields& known,
                       DataRows& out);

}  // namespace parley::modules
