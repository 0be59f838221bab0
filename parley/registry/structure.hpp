// SPDX-License-Identifier: Apache-2.0
// Structures: C++ structs that cross the wire. A struct describes itself once, in a static
// function, and is then a type of every protocol, of the schemas and of the documents:
//
//   struct Person {
//     std::int64_t id = 0;
//     std::optional<std::string> name;
//     static Structure<Person> describe() {
//       return {"Person", field("id", &Person::id, "Its number.").read_only(),
//                         field("name", &Person::name, "First and last.").sized(1, 80)};
//     }
//   };
//
// A member of type T must be given unless it has a default; an optional may be left out and is
// then not told; a Nullable tells apart what was left out and what is null.
#pragma once
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/core/struct_builder.hpp"
#include "parley/registry/bounds.hpp"
#include "parley/registry/typed.hpp"

namespace parley {

/// Left out, null, or a T.
template <class T>
class Nullable {
 public:
  Nullable() = default;
  Nullable(T value) : state_(State::value), value_(std::move(value)) {}
  static Nullable null() {
    Nullable made;
    made.state_ = State::null;
    return made;
  }
  bool is_unset() const { return state_ == State::unset; }
  bool is_null() const { return state_ == State::null; }
  bool has_value() const { return state_ == State::value; }
  explicit operator bool() const { return has_value(); }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  enum class State : std::uint8_t { unset, null, value };
  State state_ = State::unset;
  std::optional<T> value_;
};

template <CanCross T>
struct Typed<Nullable<T>> {
  static constexpr bool exists = true;
  static Type type() { return Typed<T>::type().nullable(); }
  static Result<Nullable<T>> from(const Value& v) {
    if (v.is_unset()) return Nullable<T>();
    if (v.is_null()) return Nullable<T>::null();
    PARLEY_TRY(T given, Result<T>(Typed<T>::from(v)));
    return Nullable<T>(std::move(given));
  }
  static Value to(const Nullable<T>& v, Arena& arena) {
    if (v.is_unset()) return Value::unset();
    return v.is_null() ? Value::null() : Typed<T>::to(*v, arena);
  }
};

/// One member: its public name, where it is kept, what it is for, and what it may be.
template <class S, class M>
class Field : public Bounds<Field<S, M>> {
 public:
  Field(std::string_view name, M S::*place, std::string_view help) : name_(name), place_(place), help_(help) {}
  /// Told, and refused when somebody sets it.
  Field read_only() && { is_read_only_ = true; return std::move(*this); }
  /// Must be given although it could be left out.
  Field mandatory() && { is_mandatory_ = true; return std::move(*this); }
  /// What it is when it is not given.
  Field by_default(M value) && { fallback_ = std::move(value); return std::move(*this); }

  Type::Member member() const;
  M S::*place() const { return place_; }

 private:
  std::string_view name_;
  M S::*place_;
  std::string_view help_;
  bool is_read_only_ = false, is_mandatory_ = false;
  std::optional<M> fallback_;
};
template <class S, class M>
Field<S, M> field(std::string_view name, M S::*place, std::string_view help) {
  return {name, place, help};
}
/// A member that a base class of S has: field<S>("id", &Base::id, ...).
template <class S, class B, class M>
requires(!std::same_as<S, B> && std::derived_from<S, B>) Field<S, M> field(std::string_view name, M B::*place, std::string_view help) {
  return {name, place, help};
}

/// What `describe` gives: the type, and the way there and back.
template <class S>
class Structure {
 public:
  template <class... F>
  Structure(std::string_view name, F... fields) : type_(Type::structure(std::string(name), {fields.member()...})) {
    (add(fields.place()), ...);
  }
  /// Run on each struct that was read: says why the members do not go together.
  Structure check(Result<void> (*whole)(const S&)) && {
    check_ = whole;
    return std::move(*this);
  }

  const Type& type() const { return type_; }
  Result<S> from(const Value& v) const {
    if (!v.is_dict()) return wrong_kind("struct", v);
    S made{};
    std::size_t likely = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      const Value* given = v.find(type_.members()[i].name, likely);
      likely += given != nullptr;
      if (given == nullptr || given->is_unset()) continue;
      if (auto set = ways_[i].set(made, *given); !set) return std::move(set).error();
    }
    if (check_ == nullptr) return made;
    if (auto checked = check_(made); !checked) return broken(std::move(checked).error());
    return made;
  }
  Value to(const S& s, Arena& arena) const {
    StructBuilder out(arena, ways_.size());
    for (std::size_t i = 0; i < ways_.size(); ++i) {
      Value told = ways_[i].get(s, arena);
      if (!told.is_unset()) out.add(type_.members()[i].name, told);
    }
    return out.done();
  }

 private:
  struct Way {
    std::function<Result<void>(S&, const Value&)> set;
    std::function<Value(const S&, Arena&)> get;
  };
  template <class M>
  void add(M S::*place);
  static Error broken(Error error) {
    std::string words = error.message;
    return error.rule == Rule::none ? std::move(error).breaking(Rule::check, {}, std::move(words)) : std::move(error);
  }

  Type type_;
  std::vector<Way> ways_;
  Result<void> (*check_)(const S&) = nullptr;
};

template <class S>
concept DescribesItself = requires {
  { S::describe() } -> std::same_as<Structure<S>>;
};

template <DescribesItself S>
struct Typed<S> {
  static constexpr bool exists = true;
  static const Structure<S>& structure() {
    static const Structure<S> described = S::describe();
    return described;
  }
  static Type type() { return structure().type(); }
  static Result<S> from(const Value& v) { return structure().from(v); }
  static Value to(const S& s, Arena& arena) { return structure().to(s, arena); }
};

namespace structures {
template <class T>
inline constexpr bool may_be_left_out = false;
template <class T>
inline constexpr bool may_be_left_out<std::optional<T>> = true;
template <class T>
inline constexpr bool may_be_left_out<Nullable<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace structures

template <class S, class M>
Type::Member Field<S, M>::member() const {
  static_assert(CanCross<M>,
                "parley: a field has a type that cannot cross the wire; use a type that has a parley::Typed, or "
                "specialise parley::Typed for yours (parley/registry/typed.hpp)");
  Type::Member made{std::string(name_), std::string(help_), this->applied_to(Typed<M>::type())};
  made.is_required = !is_read_only_ && !fallback_ && (is_mandatory_ || !structures::may_be_left_out<M>);
  made.is_read_only = is_read_only_;
  if (fallback_) {
    Arena arena(256);
    made.fallback = OwnedValue(Typed<M>::to(*fallback_, arena));
  }
  return made;
}

template <class S>
template <class M>
void Structure<S>::add(M S::*place) {
  ways_.push_back({[place](S& s, const Value& v) -> Result<void> {
                     PARLEY_TRY(s.*place, Result<M>(Typed<M>::from(v)));
                     return {};
                   },
                   [place](const S& s, Arena& arena) {
                     if constexpr (structures::is_optional<M>)
                       if (!(s.*place).has_value()) return Value::unset();
                     return Typed<M>::to(s.*place, arena);
                   }});
}

}  // namespace parley
