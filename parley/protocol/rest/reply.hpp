// SPDX-License-Identifier: Apache-2.0
// Results as JSON and as XML, by the type their method declares.
#pragma once
#include "parley/core/output.hpp"
#include "parley/protocol/rest/format.hpp"
#include "parley/protocol/rest/options.hpp"

namespace parley::rest {

/// A result as a document; rows are written as they are made.
///
/// JSON: decimals are strings, an instant in UTC ends with +00:00. XML: <result>, lists as <item>, a
/// structure's members as elements, any other dict as <item><key/><value/></item>; where nothing is
/// declared a dict is written as a structure when all its keys can be names of elements.
///
/// fails:   internal: NaN or infinity in JSON; what a row source failed with. `out` then holds a
///          part of a document
Result<void> put_result(Answer& answer, Format format, const Options& options, Output& out);

/// `value` as the element `name`; null = no type is declared.
void put_element(std::string_view name, const Value& value, const Type* type, Output& out);

/// As put_result writes JSON.
Result<void> put_json(const Value& value, Output& out);

}  // namespace parley::rest
