// SPDX-License-Identifier: Apache-2.0
// YAML scalars and lists as values of fields, and external ids. Private to the folder.
#pragma once
#include "parley/core/value.hpp"
#include "parley/modules/yaml.hpp"
#include "parley/orm/model.hpp"

namespace parley::modules {

bool is_relation(std::string_view type);
bool is_collection(std::string_view type);  // x2many

/// `name` as a full external id: "be" in module base is "base.be".
/// fails:   the text is no external id
Result<std::string> external_id(const File& file, const YAML::Node& node, std::string_view name);

/// What `node` says for `field`, in `arena`. Relations give external ids as text or a list of
/// them; texts stay as written whatever YAML would make of them; null is null.
Result<Value> value_of(const File& file, const YAML::Node& node, const orm::FieldSpec& field,
                       Arena& arena);

/// Whether `text` is a valid expression ("uid", a domain); the error says why not.
Result<void> check_expression(const File& file, const YAML::Node& node, std::string_view text);

}  // namespace parley::modules
