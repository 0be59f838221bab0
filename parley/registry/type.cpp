// SPDX-License-Identifier: Apache-2.0
#include "parley/registry/type.hpp"

#include "parley/registry/pattern.hpp"

namespace parley {

bool Constraint::is_empty() const {
  return !least && !most && !size_least && !size_most && pattern.empty() && format == Format::none && choices.empty();
}

Type Type::any(std::vector<Type> options) {
  Type type(Base::any);
  type.parts_ = std::make_shared<const Parts>(Parts{std::move(options), {}, {}, {}});
  return type;
}

Type Type::dict(Type key, Type value) {
  Type type(Base::dict);
  type.parts_ = std::make_shared<const Parts>(Parts{{std::move(key), std::move(value)}, {}, {}, {}});
  return type;
}

Type Type::nullable() const {
  Parts parts = parts_ ? *parts_ : Parts{};
  parts.takes_null = true;
  Type type(base_);
  type.parts_ = std::make_shared<const Parts>(std::move(parts));
  return type;
}

Type Type::with(Constraint constraint) const {
  Parts parts = parts_ ? *parts_ : Parts{};
  parts.is_constrained = !constraint.is_empty();
  parts.pattern = constraint.pattern.empty() ? nullptr : std::make_shared<const Pattern>(constraint.pattern);
  parts.constraint = std::move(constraint);
  Type type(base_);
  type.parts_ = std::make_shared<const Parts>(std::move(parts));
  return type;
}

Type Type::list(Type item) {
  Type type(Base::list);
  type.parts_ = std::make_shared<const Parts>(Parts{{std::move(item)}, {}, {}, {}});
  return type;
}

Type Type::enumeration(std::vector<Choice> choices) {
  Type type(Base::enumeration);
  type.parts_ = std::make_shared<const Parts>(Parts{{}, std::move(choices), {}, {}});
  return type;
}

Type Type::structure(std::string name, std::vector<Member> members) {
  Type type(Base::structure);
  type.parts_ = std::make_shared<const Parts>(Parts{{}, {}, std::move(members), std::move(name)});
  return type;
}

std::string_view Type::structure_name() const {
  return base_ == Base::structure ? std::string_view(parts_->name) : std::string_view();
}

std::string_view Type::name() const {
  switch (base_) {
    case Base::any:
      return "any";
    case Base::boolean:
      return "bool";
    case Base::integer:
      return "int";
    case Base::real:
      return "float";
    case Base::decimal:
      return "decimal";
    case Base::string:
      return "str";
    case Base::bytes:
      return "bytes";
    case Base::date:
      return "date";
    case Base::time:
      return "time";
    case Base::datetime:
      return "datetime";
    case Base::uuid:
      return "uuid";
    case Base::enumeration:
      return "enum";
    case Base::list:
      return "list";
    case Base::dict:
      return "dict";
    case Base::structure:
      return "struct";
  }
  return "";
}

std::string_view Type::xml_rpc_name() const {
  switch (base_) {
    case Base::any:
      return "any";
    case Base::boolean:
      return "boolean";
    case Base::integer:
      return "int";
    case Base::real:
      return "double";
    case Base::bytes:
      return "base64";
    case Base::datetime:
      return "dateTime.iso8601";
    case Base::list:
      return "array";
    case Base::dict:
    case Base::structure:
      return "struct";
    case Base::decimal:
    case Base::string:
    case Base::date:
    case Base::time:
    case Base::uuid:
    case Base::enumeration:
      return "string";
  }
  return "";
}

}  // namespace parley
