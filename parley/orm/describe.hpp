// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parley/orm/env.hpp"

namespace parley::orm {

/// {field: {attribute: value}} of the fields the user may see; empty lists mean all.
/// source:  spec/odoo-external-api.md section 4, fields_get
Result<Value> describe_fields(Env& env, const RuntimeModel& model, const Value& names, const Value& attributes);

}  // namespace parley::orm
