// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/schema.hpp"

namespace parley {
namespace {

Value text(std::string_view literal) { return Value::string(literal); }

bool is_read_only(const Parameter&) { return false; }
bool is_read_only(const Type::Member& member) { return member.is_read_only; }

/// Adds what a parameter or member says about itself to the schema of its type.
Value described(const Type& type, std::string_view help, const Value& fallback, bool is_read_only, Arena& arena) {
  Value schema = type.json_schema(arena);
  if (help.empty() && fallback.is_absent() && !is_read_only) return schema;
  DictBuilder out(arena);
  for (std::size_t i = 0; i < schema.size(); ++i) out.set(schema.keys()[i], schema.values()[i]);
  if (!help.empty()) out.set("description", Value::string(arena.copy(help)));
  if (!fallback.is_absent()) out.set("default", copy(fallback, arena));
  if (is_read_only) out.set("readOnly", Value::boolean(true));
  return out.done();
}

/// Parameters and members have the same four properties.
template <class Named>
void add_properties(const std::vector<Named>& all, DictBuilder& out, Arena& arena) {
  DictBuilder properties(arena);
  ListBuilder required(arena);
  for (const Named& one : all) {
    std::string_view name = arena.copy(one.name);
    properties.set(name, described(one.type, one.help, one.fallback.get(), is_read_only(one), arena));
    if (one.is_required) required.add(Value::string(name));
  }
  out.set("type", text("object"));
  out.set("properties", properties.done());
  if (required.size() > 0) out.set("required", required.done());
  out.set("additionalProperties", Value::boolean(false));
}

Value number(const Decimal& value, Arena& arena) {
  return value.scale == 0 ? Value::number(arena.copy(to_string(value))) : Value::decimal(value, arena);
}

/// source: JSON Schema 2020-12, validation vocabulary, sections 6 and 7
void add_constraint(const Type& type, DictBuilder& out, Arena& arena) {
  const Constraint* constraint = type.constraint();
  if (constraint == nullptr) return;
  const bool is_list = type.base() == Type::Base::list;
  auto size = [](std::size_t count) { return Value::integer(static_cast<std::int64_t>(count)); };
  if (constraint->least) out.set("minimum", number(*constraint->least, arena));
  if (constraint->most) out.set("maximum", number(*constraint->most, arena));
  if (constraint->size_least) out.set(is_list ? "minItems" : "minLength", size(*constraint->size_least));
  if (constraint->size_most) out.set(is_list ? "maxItems" : "maxLength", size(*constraint->size_most));
  if (!constraint->pattern.empty()) out.set("pattern", Value::string(arena.copy(constraint->pattern)));
  if (constraint->format != Constraint::Format::none)
    out.set("format", text(constraint->format == Constraint::Format::ipv4 ? "ipv4" : "ipv6"));
  if (constraint->choices.empty()) return;
  ListBuilder choices(arena);
  for (const OwnedValue& choice : constraint->choices) choices.add(copy(choice.get(), arena));
  out.set("enum", choices.done());
}

Value schemas(std::span<const Type> types, Arena& arena) {
  ListBuilder all(arena);
  for (const Type& type : types) all.add(type.json_schema(arena));
  return all.done();
}

Value or_null(const Value& schema, Arena& arena) {
  DictBuilder null(arena), both(arena);
  null.set("type", text("null"));
  const Value either[] = {schema, null.done()};
  both.set("anyOf", Value::list(arena.copy(std::span<const Value>(either))));
  return both.done();
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
      if (!options().empty()) out.set("anyOf", schemas(options(), arena));
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
      if (key() != nullptr) out.set("additionalProperties", item().json_schema(arena));
      break;
    case Base::structure:
      if (!parts_->name.empty()) out.set("title", Value::string(arena.copy(parts_->name)));
      add_properties(members(), out, arena);
      break;
  }
  add_constraint(*this, out, arena);
  return takes_null() ? or_null(out.done(), arena) : out.done();
}

Value parameters_schema(const Method& method, Arena& arena) {
  DictBuilder out(arena);
  add_properties(method.parameters, out, arena);
  return out.done();
}

}  // namespace parley
