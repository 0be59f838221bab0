// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/schema.hpp"

namespace parley {
namespace {

Value text(std::string_view literal) { return Value::string(literal); }

/// Adds what a parameter or member says about itself to the schema of its type.
Value described(const Type& type, std::string_view help, const Value& fallback, Arena& arena) {
  Value schema = type.json_schema(arena);
  if (help.empty() && fallback.is_absent()) return schema;
  DictBuilder out(arena);
  for (std::size_t i = 0; i < schema.size(); ++i) out.set(schema.keys()[i], schema.values()[i]);
  if (!help.empty()) out.set("description", Value::string(arena.copy(help)));
  if (!fallback.is_absent()) out.set("default", copy(fallback, arena));
  return out.done();
}

/// Parameters and members have the same four properties.
template <class Named>
void add_properties(const std::vector<Named>& all, DictBuilder& out, Arena& arena) {
  DictBuilder properties(arena);
  ListBuilder required(arena);
  for (const Named& one : all) {
    std::string_view name = arena.copy(one.name);
    properties.set(name, described(one.type, one.help, one.fallback.get(), arena));
    if (one.is_required) required.add(Value::string(name));
  }
  out.set("type", text("object"));
  out.set("properties", properties.done());
  if (required.size() > 0) out.set("required", required.done());
  out.set("additionalProperties", Value::boolean(false));
}

void add_choices(const Type& type, DictBuilder& out, Arena& arena) {
  ListBuilder names(arena);
  for (const Type::Choice& choice : type.choices())
    names.add(Value::string(arena.copy(choice.name)));
  out.set("type", text("string"));
  out.set("enum", names.done());
}

}  // namespace

Value Type::json_schema(Arena& arena) const {
  DictBuilder out(arena);
  auto formatted = [&out](std::string_view format) {
    out.set("type", text("string"));
    out.set("format", text(format));
  };
  switch (base_) {
    case Base::any:
      break;
    case Base::boolean:
      out.set("type", text("boolean"));
      break;
    case Base::integer:
      out.set("type", text("integer"));
      break;
    case Base::real:
    case Base::decimal:
      out.set("type", text("number"));
      break;
    case Base::string:
      out.set("type", text("string"));
      break;
    case Base::bytes:
      out.set("type", text("string"));
      out.set("contentEncoding", text("base64"));
      break;
    case Base::date:
      formatted("date");
      break;
    case Base::time:
      formatted("time");
      break;
    case Base::datetime:
      formatted("date-time");
      break;
    case Base::uuid:
      formatted("uuid");
      break;
    case Base::enumeration:
      add_choices(*this, out, arena);
      break;
    case Base::list:
      out.set("type", text("array"));
      out.set("items", item().json_schema(arena));
      break;
    case Base::dict:
      out.set("type", text("object"));
      break;
    case Base::structure:
      if (!parts_->name.empty()) out.set("title", Value::string(arena.copy(parts_->name)));
      add_properties(members(), out, arena);
      break;
  }
  return out.done();
}

Value parameters_schema(const Method& method, Arena& arena) {
  DictBuilder out(arena);
  add_properties(method.parameters, out, arena);
  return out.done();
}

}  // namespace parley
