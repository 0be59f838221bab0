// SPDX-License-Identifier: Apache-2.0
// The field members of declared model structs, and Filter, what comparing them gives.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/date.hpp"
#include "parley/core/decimal.hpp"
#include "parley/core/value.hpp"

namespace parley::orm {

struct FieldSpec;
struct Model;

/// A search domain built from typed comparisons: `book.due < today && book.price > limit`.
class Filter {
 public:
  struct Item {
    std::string path, op;  // a connective ("&", "|", "!") has an empty path
    OwnedValue value;
  };
  Filter(const Model& model, Item item) : model_(&model) { items_.push_back(std::move(item)); }
  const Model& model() const { return *model_; }
  /// The domain as a list in prefix notation.
  Value domain(Arena& arena) const;
  friend Filter operator&&(const Filter& a, const Filter& b) { return join("&", a, b); }
  friend Filter operator||(const Filter& a, const Filter& b) { return join("|", a, b); }
  friend Filter operator!(const Filter& a);

 private:
  static Filter join(const char* connective, const Filter& a, const Filter& b);
  const Model* model_;
  std::vector<Item> items_;
};

/// Base of every model struct. Not copyable: its fields point back to it.
struct Model {
  Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;
  virtual ~Model();
  std::string name;                                // filled when it is added to a module
  std::vector<std::unique_ptr<FieldSpec>> fields;  // in the order of declaration
};

/// What can be said of any field; types add their own.
struct FieldOptions {
  bool required = false;
  bool readonly = false;
  bool index = false;
  std::string_view label = {}, help = {}, unit = {};
};
struct CharOptions {
  bool required = false;
  int size = 0;  // characters at most, 0 = any
  bool readonly = false;
  bool index = false;
  std::string_view label = {}, help = {};
};
struct DecimalOptions {
  int scale = 2;  // digits after the point
  bool required = false;
  bool readonly = false;
  std::string_view label = {}, unit = {}, help = {};
};

/// A name and the model it belongs to; compares into Filters.
class FieldBase {
 public:
  FieldBase(Model& model, std::string_view name, std::string_view type, const FieldOptions& options);
  FieldBase(const FieldBase&) = delete;
  FieldBase& operator=(const FieldBase&) = delete;
  const Model& model() const { return *model_; }
  const std::string& name() const { return name_; }

 protected:
  FieldSpec& spec() { return *spec_; }
  Filter compare(std::string_view op, const Value& value) const;

 private:
  const Model* model_;
  std::string name_;
  FieldSpec* spec_;  // owned by the model
};

// How C++ values become domain values.
Value filter_value(std::string_view text);
Value filter_value(std::int64_t number);
Value filter_value(bool truth);
Value filter_value(double number);
Value filter_value(parley::Date day);
Value filter_value(const DateTime& instant);
OwnedValue filter_decimal(const Decimal& number);

template <class T>
class Field : public FieldBase {
 public:
  using FieldBase::FieldBase;
  Filter operator==(const T& v) const { return compare("=", keep(v).get()); }
  Filter operator!=(const T& v) const { return compare("!=", keep(v).get()); }
  Filter operator<(const T& v) const { return compare("<", keep(v).get()); }
  Filter operator<=(const T& v) const { return compare("<=", keep(v).get()); }
  Filter operator>(const T& v) const { return compare(">", keep(v).get()); }
  Filter operator>=(const T& v) const { return compare(">=", keep(v).get()); }
  /// Empty in the sense of domains: no value, or "".
  Filter is_empty() const { return compare("=", Value::boolean(false)); }

 private:
  static OwnedValue keep(const T& v) {
    if constexpr (std::is_same_v<T, Decimal>) return filter_decimal(v);
    else return OwnedValue(filter_value(v));
  }
};

class Char : public Field<std::string> {
 public:
  Char(Model& model, std::string_view name, CharOptions options = {});
};
class Text : public Field<std::string> {
 public:
  Text(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "text", options) {}
};
class Html : public Field<std::string> {
 public:
  Html(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "html", options) {}
};
class Integer : public Field<std::int64_t> {
 public:
  Integer(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "integer", options) {}
};
class Float : public Field<double> {
 public:
  Float(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "float", options) {}
};
class Boolean : public Field<bool> {
 public:
  Boolean(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "boolean", options) {}
};
class Monetary : public Field<Decimal> {
 public:
  Monetary(Model& model, std::string_view name, DecimalOptions options = {});
};
class Date : public Field<parley::Date> {
 public:
  Date(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "date", options) {}
};
class Datetime : public Field<DateTime> {
 public:
  Datetime(Model& model, std::string_view name, FieldOptions options = {}) : Field(model, name, "datetime", options) {}
};
class Selection : public Field<std::string> {
 public:
  using Choices = std::initializer_list<std::pair<std::string_view, std::string_view>>;  // value, label
  Selection(Model& model, std::string_view name, Choices choices, FieldOptions options = {});
};

class RelationField : public Field<std::int64_t> {
 protected:
  RelationField(Model& model, std::string_view name, std::string_view type, std::string_view comodel,
                std::string_view inverse, const FieldOptions& options);
};
template <class M>
class Many2One : public RelationField {
 public:
  Many2One(Model& model, std::string_view name, FieldOptions options = {})
      : RelationField(model, name, "many2one", M::name, {}, options) {}
};
template <class M>
class Many2Many : public RelationField {
 public:
  Many2Many(Model& model, std::string_view name, FieldOptions options = {})
      : RelationField(model, name, "many2many", M::name, {}, options) {}
};
/// `inverse`: the name of the many2one in M that leads back.
template <class M>
class One2Many : public RelationField {
 public:
  One2Many(Model& model, std::string_view name, std::string_view inverse, FieldOptions options = {})
      : RelationField(model, name, "one2many", M::name, inverse, options) {}
};

}  // namespace parley::orm
