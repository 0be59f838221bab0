// SPDX-License-Identifier: Apache-2.0
// models/*.yaml as model specs. Private to the folder.
#pragma once
#include "parley/modules/yaml.hpp"
#include "parley/orm/model.hpp"

namespace parley::modules {

/// One item of a models file: a model or an extension of one.
/// fails:   rejected with file, line and rule
Result<orm::ModelSpec> read_model(const File& file, const YAML::Node& node);

}  // namespace parley::modules
