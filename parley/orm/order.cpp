// SPDX-License-Identifier: Apache-2.0
// ORDER BY: reading the clients' text, and following many2ones into their model's order.
#include "parley/orm/model.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view take_word(std::string_view& text) {
  text = trim(text);
  std::size_t end = text.find_first_of(" \t\n");
  std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view{} : trim(text.substr(end));
  return word;
}

std::string lower(std::string_view word) {
  std::string out(word);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

Error bad_order(std::string_view text) {
  return Error(Code::rejected,
               "Invalid \"order\" specified (" + std::string(text) +
                   "). A valid \"order\" specification is a comma-separated list of valid field names "
                   "(optionally followed by asc/desc for the direction)",
               "order", "UserError");
}

constexpr std::size_t order_terms_max = 16;
constexpr int order_depth_max = 4;  // a many2one's model may order by a many2one ...

void add_terms(DomainCompiler& compiler, Query& query, std::span<const OrderTerm> terms, std::uint16_t alias,
               bool is_reversed, Ordering::Nulls outer, int depth) {
  using Nulls = Ordering::Nulls;
  for (const OrderTerm& term : terms) {
    bool is_descending = term.is_descending != is_reversed;
    // What is said about empty many2ones holds for every column behind them.
    Nulls nulls = outer != Nulls::last_if_ascending ? outer : term.nulls;
    Column column = term.field->column(alias);
    if (term.field->type != "many2one" || term.field->comodel == nullptr || depth >= order_depth_max) {
      query.order.push_back({column, is_descending, nulls});
      continue;
    }
    std::uint16_t joined = compiler.new_alias();
    query.joins.push_back({joined, term.field->comodel->table, "id", column});
    add_terms(compiler, query, term.field->comodel->order, joined, is_descending, nulls, depth + 1);
  }
}

}  // namespace

Result<std::vector<OrderTerm>> parse_order(const RuntimeModel& model, std::string_view text) {
  std::vector<OrderTerm> out;
  std::string_view rest = text;
  std::size_t terms = 0;
  for (bool is_last = false; !is_last;) {
    std::size_t comma = rest.find(',');
    std::string_view part = trim(rest.substr(0, comma));
    is_last = comma == std::string_view::npos;
    if (!is_last) rest.remove_prefix(comma + 1);
    std::string_view name = take_word(part);
    if (name.empty()) return bad_order(text);
    if (++terms > order_terms_max)
      return Error(Code::too_large, "order: at most " + std::to_string(order_terms_max) + " fields", "order");
    OrderTerm term{nullptr};
    std::string word = lower(take_word(part));
    if (word == "asc" || word == "desc") {
      term.is_descending = word == "desc";
      word = lower(take_word(part));
    }
    if (word == "nulls") {
      std::string where = lower(take_word(part));
      if (where != "first" && where != "last") return bad_order(text);
      term.nulls = where == "first" ? Ordering::Nulls::first : Ordering::Nulls::last;
      word.clear();
    }
    if (!word.empty() || !part.empty()) return bad_order(text);
    term.field = model.find(name);
    if (term.field == nullptr)
      return Error(Code::invalid_argument, "Invalid field '" + std::string(name) + "' on model '" + model.name + "'",
                   "order");
    if (!term.field->is_stored())
      return Error(Code::invalid_argument,
                   "Cannot convert " + model.name + "." + std::string(name) + " to SQL because it is not stored", "order");
    // The first mention of a field has already decided.
    bool is_repeated = std::any_of(out.begin(), out.end(), [&](const OrderTerm& o) { return o.field == term.field; });
    if (!is_repeated) out.push_back(term);
  }
  return out;
}

void add_order(DomainCompiler& compiler, Query& query, std::span<const OrderTerm> terms) {
  add_terms(compiler, query, terms, query.alias, false, Ordering::Nulls::last_if_ascending, 0);
  bool ends_with_id = !terms.empty() && terms.back().field->name == "id";
  if (!ends_with_id) query.order.push_back({{query.alias, "id", ColumnType::integer}});
}

}  // namespace parley::orm
