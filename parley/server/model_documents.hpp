// SPDX-License-Identifier: Apache-2.0
// What a database's models offer, as data: the documents that clients of JSON-2 read.
#pragma once
#include "parley/registry/registry.hpp"

namespace parley::server {

/// doc.index: {"modules", "models": [{"model", "name", "fields": {name: {"string"}}, "methods"}]} of
/// the models the caller may read. doc.model(name): {"model", "name", "doc", "fields", "methods"},
/// the fields as fields_get tells them, the methods with their parameters in order, ids aside.
///
/// fails:   unknown_method (UserError) for a model that is not there, forbidden
/// source:  spec/odoo-clients.md 4.14
Result<void> add_model_documents(Catalog& catalog);

}  // namespace parley::server
