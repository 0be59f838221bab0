// SPDX-License-Identifier: Apache-2.0
#include "parley/storage/sql/render.hpp"

#include <algorithm>
#include <charconv>

namespace parley::sql {
namespace {

using orm::Aggregate;
using orm::Column;
using orm::Condition;
using orm::Ordering;
using orm::Query;

// Longer chains of AND and OR are split in halves: engines limit the depth of an expression
// (SQLite: 1,000), and a chain is as deep as it is long.
constexpr std::size_t chain_max = 100;

void append_number(std::string& out, std::uint64_t number) {
  char digits[20];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

std::string_view symbol(Condition::Op op) {
  switch (op) {
    case Condition::Op::eq:
      return " = ";
    case Condition::Op::ne:
      return " <> ";
    case Condition::Op::lt:
      return " < ";
    case Condition::Op::le:
      return " <= ";
    case Condition::Op::gt:
      return " > ";
    case Condition::Op::ge:
      return " >= ";
  }
  return " = ";
}

std::string_view opening(Aggregate aggregate) {
  switch (aggregate) {
    case Aggregate::none:
      return "";
    case Aggregate::count:
      return "COUNT(";
    case Aggregate::count_distinct:
      return "COUNT(DISTINCT ";
    case Aggregate::sum:
      return "SUM(";
    case Aggregate::avg:
      return "AVG(";
    case Aggregate::min:
      return "MIN(";
    case Aggregate::max:
      return "MAX(";
  }
  return "";
}

bool is_true(const Condition& condition) {
  return (condition.kind == Condition::Kind::constant && condition.is_true) ||
         (condition.kind == Condition::Kind::all && condition.parts.empty());
}

// One walk over one statement.
class Renderer {
 public:
  Renderer(const Dialect& dialect, Statement& out) : dialect_(dialect), to_(out), out_(out.text) {}

  void query(const Query& query) {
    if (!go_deeper()) return;
    out_ += "SELECT ";
    if (query.selected.empty()) out_ += '1';
    for (std::size_t i = 0; i < query.selected.size(); ++i) {
      if (i > 0) out_ += ", ";
      selected(query.selected[i]);
    }
    out_ += " FROM ";
    bool is_page = query.offset > 0 && query.group.empty();
    if (is_page) page(query);
    table(query.table, query.alias);
    if (is_page) {
      out_ += " ON ";
      column({query.alias, "id"});
      out_ += " = page.id";
    }
    joins(query);
    if (!is_page) where(query.where);
    for (std::size_t i = 0; i < query.group.size(); ++i) {
      out_ += i == 0 ? " GROUP BY " : ", ";
      column(query.group[i]);
    }
    order(query);
    if (!is_page) window(query);
    --depth_;
  }

  // The rows before an offset are passed over by id alone: their columns and joins, which
  // nobody will see, are not looked up.
  void page(const Query& query) {
    out_ += "(SELECT ";
    column({query.alias, "id"});
    out_ += " AS id FROM ";
    table(query.table, query.alias);
    joins(query);
    where(query.where);
    order(query);
    window(query);
    out_ += ") AS page JOIN ";
  }

  void joins(const Query& query) {
    for (const auto& join : query.joins) {
      out_ += " LEFT JOIN ";
      table(join.table, join.alias);
      out_ += " ON ";
      column({join.alias, join.key});
      out_ += " = ";
      column(join.left);
    }
  }

  void order(const Query& query) {
    for (std::size_t i = 0; i < query.order.size(); ++i) {
      out_ += i == 0 ? " ORDER BY " : ", ";
      ordering(query.order[i], query);
    }
  }

  void where(const Condition& root) {
    if (is_true(root)) return;
    out_ += " WHERE ";
    condition(root);
  }

  void table(std::string_view name, std::uint16_t alias) {
    append_identifier(out_, name);
    out_ += " AS t";
    append_number(out_, alias);
  }

  void parameter(const Value& value, orm::ColumnType type) {
    to_.parameters.push_back({value, type, false});
    dialect_.placeholder(out_, to_.parameters.size());
  }

  Result<void> done() const {
    if (!is_too_deep_) return {};
    return Error(Code::too_large,
                 "the query is nested deeper than " + std::to_string(depth_max) + " levels");
  }

 private:
  bool go_deeper() {
    if (++depth_ <= depth_max) return true;
    --depth_;
    is_too_deep_ = true;
    return false;
  }

  void column(const Column& column) {
    if (column.is_broad) dialect_.no_index(out_);
    out_ += 't';
    append_number(out_, column.alias);
    out_ += '.';
    append_identifier(out_, column.name);
  }

  void selected(const orm::Selected& selected) {
    out_ += opening(selected.aggregate);
    if (selected.column.name.empty())
      out_ += '*';
    else
      column(selected.column);
    if (selected.aggregate != Aggregate::none) out_ += ')';
  }

  void ordering(const Ordering& ordering, const Query& query) {
    column(ordering.column);
    if (ordering.is_descending) out_ += " DESC";
    // The id of the query's own table is never NULL; saying nothing lets an index give the order.
    if (ordering.column.alias == query.alias && ordering.column.name == "id" &&
        query.group.empty()) {
      return;
    }
    bool are_first = ordering.nulls == Ordering::Nulls::last_if_ascending
                         ? ordering.is_descending
                         : ordering.nulls == Ordering::Nulls::first;
    out_ += are_first ? " NULLS FIRST" : " NULLS LAST";
  }

  // LIMIT is written with every OFFSET, for engines that know no OFFSET alone.
  void window(const Query& query) {
    if (!query.limit && query.offset == 0) return;
    constexpr std::int64_t all_rows = INT64_MAX;
    out_ += " LIMIT ";
    parameter(Value::integer(query.limit.value_or(all_rows)), orm::ColumnType::integer);
    out_ += " OFFSET ";
    parameter(Value::integer(query.offset), orm::ColumnType::integer);
  }

  // "Is not true" rather than NOT: rows for which `c` is unknown (NULL) belong to its contrary.
  void negation(const Condition& c) {
    if (c.kind == Condition::Kind::is_null) {
      column(c.column);
      out_ += " IS NOT NULL";
      return;
    }
    out_ += '(';
    condition(c);
    out_ += ") IS NOT TRUE";
  }

  void condition(const Condition& c) {
    if (!go_deeper()) return;
    switch (c.kind) {
      case Condition::Kind::constant:
        dialect_.constant(out_, c.is_true);
        break;
      case Condition::Kind::all:
        chain(c.parts, " AND ", true);
        break;
      case Condition::Kind::any:
        chain(c.parts, " OR ", false);
        break;
      case Condition::Kind::negation:
        PARLEY_ASSERT(c.parts.size() == 1);
        negation(c.parts[0]);
        break;
      case Condition::Kind::compare:
        column(c.column);
        out_ += symbol(c.op);
        parameter(c.value, c.column.type);
        break;
      case Condition::Kind::same:
        column(c.column);
        out_ += " = ";
        column(c.other);
        break;
      case Condition::Kind::is_null:
        column(c.column);
        out_ += " IS NULL";
        break;
      case Condition::Kind::in:
        in_list(c);
        break;
      case Condition::Kind::in_query:
        column(c.column);
        out_ += " IN (";
        query(*c.query);
        out_ += ')';
        break;
      case Condition::Kind::exists:
        out_ += "EXISTS (";
        query(*c.query);
        out_ += ')';
        break;
      case Condition::Kind::match:
        match(c);
        break;
      case Condition::Kind::in_tree:
        in_tree(c);
        break;
    }
    --depth_;
  }

  void chain(std::span<const Condition> parts, std::string_view word, bool when_empty) {
    if (parts.empty()) return dialect_.constant(out_, when_empty);
    if (parts.size() == 1) return condition(parts[0]);
    out_ += '(';
    if (parts.size() > chain_max) {
      auto half = parts.size() / 2;
      chain(parts.first(half), word, when_empty);
      out_ += word;
      chain(parts.subspan(half), word, when_empty);
    } else {
      for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) out_ += word;
        condition(parts[i]);
      }
    }
    out_ += ')';
  }

  // Three shapes: no item, one item, an array. One item is the common read of one record.
  void in_list(const Condition& c) {
    auto items = c.value.items();
    auto counts = [](const Value& item) { return !item.is_absent(); };
    auto first = std::find_if(items.begin(), items.end(), counts);
    if (first == items.end()) return dialect_.constant(out_, false);
    auto from = out_.size();
    column(c.column);
    if (std::find_if(first + 1, items.end(), counts) == items.end()) {
      out_ += " = ";
      parameter(*first, c.column.type);
      return;
    }
    dialect_.in_array(out_, from, c.column.type, array(c.value, c.column.type));
  }

  void match(const Condition& c) {
    auto from = out_.size();
    column(c.column);
    dialect_.as_text(out_, from, c.column.type);
    to_.parameters.push_back({c.value, orm::ColumnType::text, false});
    dialect_.match(out_, from, to_.parameters.size(), c.is_folded);
  }

  // UNION, not UNION ALL: a cycle in the data ends instead of running forever.
  void in_tree(const Condition& c) {
    bool is_down = c.direction == Condition::Direction::descendants;
    column(c.column);
    out_ += " IN (WITH RECURSIVE tree(id) AS (";
    dialect_.select_array(out_, array(c.value, orm::ColumnType::integer));
    out_ += is_down ? " UNION SELECT node.\"id\" FROM " : " UNION SELECT node.";
    if (!is_down) {
      append_identifier(out_, c.parent);
      out_ += " FROM ";
    }
    append_identifier(out_, c.table);
    out_ += is_down ? " AS node JOIN tree ON node." : " AS node JOIN tree ON node.\"id\" = tree.id";
    if (is_down) {
      append_identifier(out_, c.parent);
      out_ += " = tree.id";
    } else {
      out_ += " WHERE node.";
      append_identifier(out_, c.parent);
      out_ += " IS NOT NULL";
    }
    out_ += ") SELECT id FROM tree)";
  }

  std::size_t array(const Value& items, orm::ColumnType type) {
    to_.parameters.push_back({items, type, true});
    return to_.parameters.size();
  }

  const Dialect& dialect_;
  Statement& to_;
  std::string& out_;
  int depth_ = 0;
  bool is_too_deep_ = false;
};

}  // namespace

void append_identifier(std::string& out, std::string_view name) {
  out += '"';
  for (;;) {
    auto quote = name.find('"');
    if (quote == std::string_view::npos) break;
    out.append(name.substr(0, quote)).append("\"\"");
    name.remove_prefix(quote + 1);
  }
  out.append(name) += '"';
}

Result<void> render(const orm::Query& query, const Dialect& dialect, Statement& out) {
  out.clear();
  Renderer renderer(dialect, out);
  renderer.query(query);
  return renderer.done();
}

Result<void> render(const orm::Update& update, const Dialect& dialect, Statement& out) {
  PARLEY_ASSERT(update.columns.size() == update.values.size() && !update.columns.empty());
  out.clear();
  Renderer renderer(dialect, out);
  out.text += "UPDATE ";
  renderer.table(update.table, update.alias);
  for (std::size_t i = 0; i < update.columns.size(); ++i) {
    out.text += i == 0 ? " SET " : ", ";
    append_identifier(out.text, update.columns[i].name);
    out.text += " = ";
    renderer.parameter(update.values[i], update.columns[i].type);
  }
  renderer.where(update.where);
  return renderer.done();
}

Result<void> render(const orm::Remove& remove, const Dialect& dialect, Statement& out) {
  out.clear();
  Renderer renderer(dialect, out);
  out.text += "DELETE FROM ";
  renderer.table(remove.table, remove.alias);
  renderer.where(remove.where);
  return renderer.done();
}

void render(const orm::Insert& insert, std::size_t rows, const Dialect& dialect, Statement& out) {
  PARLEY_ASSERT(!insert.columns.empty() && rows > 0);
  out.clear();
  out.text += "INSERT INTO ";
  append_identifier(out.text, insert.table);
  for (std::size_t i = 0; i < insert.columns.size(); ++i) {
    out.text += i == 0 ? " (" : ", ";
    append_identifier(out.text, insert.columns[i].name);
  }
  std::size_t number = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    out.text += row == 0 ? ") VALUES (" : "), (";
    for (std::size_t i = 0; i < insert.columns.size(); ++i) {
      if (i > 0) out.text += ", ";
      dialect.placeholder(out.text, ++number);
    }
  }
  out.text += ')';
  if (insert.ignore_conflicts) out.text += " ON CONFLICT DO NOTHING";
}

}  // namespace parley::sql
