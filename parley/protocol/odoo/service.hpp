// SPDX-License-Identifier: Apache-2.0
// What the services of Odoo's external API mean as calls. XML-RPC, JSON-RPC and the web
// session say the same thing in different clothes; this is the thing.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/registry/call.hpp"

namespace parley::odoo {

/// `execute` and `execute_kw` of the object service as the call "<model>.<method>".
///
/// takes:   params as sent: db, uid, password, model, method, then the arguments
/// gives:   a Call that views `params` and `arena`; Credentials::Kind::uid, Policy::odoo
/// fails:   with the class and text of the original: ValueError, TypeError, NameError,
///          AccessDenied (the password itself is checked later, where calls are authenticated)
/// source:  spec/odoo-external-api.md 2.2, 3.2
Result<Call> object_call(std::string_view method, std::span<const Value> params, Arena& arena);

/// Any service: "object", "common" (call "common.<method>") or "db" (call "db.<method>").
///
/// fails:   as object_call; KeyError for an unknown service or db method, Exception
///          "Method not found: x" for an unknown common method, TypeError for a wrong number
///          of arguments to common
Result<Call> service_call(std::string_view service, std::string_view method,
                          std::span<const Value> params, Arena& arena);

/// The call of a model method without credentials in its arguments: "<model>.<method>".
///
/// takes:   `args` a list; `kwargs` a dict or anything Python finds false
/// fails:   TypeError, AttributeError
Result<Call> model_call(const Value& model, const Value& method, const Value& args,
                        const Value& kwargs, Arena& arena);

/// Python's name of a value's type: "NoneType", "int", "dict".
std::string_view python_type(const Value& value);

/// "f() missing 2 required positional arguments: 'a' and 'b'".
std::string missing_arguments(std::string_view function, std::span<const std::string_view> names);

/// A TypeError with this text.
Error type_error(std::string text);

}  // namespace parley::odoo
