// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "parley/registry/registry.hpp"

namespace parley::orm {

/// The methods every model has for clients that show records: web_read, web_search_read, web_save,
/// web_name_search, onchange, and those that archive.
///
/// limits:  path_levels_max relations deep, ids_max records in one answer
/// source:  spec/odoo-external-api.md section 4; decision 4 of section 0
Result<void> add_web_methods(Catalog& catalog);

}  // namespace parley::orm
