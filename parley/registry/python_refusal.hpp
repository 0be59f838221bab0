// SPDX-License-Identifier: Apache-2.0
// Refusals of a call's shape in the words of Python 3.12, which Odoo's clients are shown.
// source: spec/odoo-external-api.md section 3.2
#pragma once
#include <span>

#include "parley/registry/method.hpp"

namespace parley {

/// "BaseModel.search() missing 1 required positional argument: 'domain'"
Error python_missing(const Method& method, std::span<const std::string_view> names);
/// "BaseModel.search() takes from 2 to 5 positional arguments but 8 were given"; counts self.
Error python_too_many(const Method& method, std::size_t given);
/// "BaseModel.search() got an unexpected keyword argument 'bogus'"
Error python_unexpected(const Method& method, std::string_view name);
/// "BaseModel.search() got multiple values for argument 'domain'"
Error python_repeated(const Method& method, std::string_view name);
/// What `args[0]` of an empty list says.
Error python_no_first_argument();

}  // namespace parley
