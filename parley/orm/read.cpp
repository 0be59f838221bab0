// SPDX-License-Identifier: Apache-2.0
// Reading records as rows of dicts, made while they are pulled: memory is bounded by a chunk,
// whatever the number of records.
#include "parley/domain/repr.hpp"
#include "parley/orm/fields/collection.hpp"
#include "parley/orm/records.hpp"

namespace parley::orm {

int SelectPlan::add(const Column& column) {
  query_.selected.push_back({column});
  return static_cast<int>(query_.selected.size()) - 1;
}

std::uint16_t SelectPlan::join(std::string_view table, std::string_view key, const Column& left) {
  std::uint16_t alias = next_alias_--;
  query_.joins.push_back({alias, table, key, left});
  return alias;
}

namespace {

constexpr std::size_t chunk_rows_max = 500;

// One field of the answer: where its columns are, or which collection fills it.
struct Item {
  const RuntimeField* field;
  int at = -1;
  const CollectionType* collection = nullptr;
};

// What is asked of every row; shared by the ways of reading.
struct Plan {
  std::vector<Item> items;
  LoadMode mode;
  bool has_collections = false;

  Plan(Query& query, std::vector<const RuntimeField*> fields, LoadMode load) : mode(load) {
    SelectPlan select(query, load);
    items.reserve(fields.size());
    query.selected.reserve(fields.size() + fields.size() / 2);  // some have more than one
    for (const RuntimeField* field : fields) {
      Item item{field};
      item.collection = collection_of(*field);
      if (item.collection != nullptr) has_collections = true;
      else if (!field->is_write_only) item.at = field->type_object->select(*field, select);
      items.push_back(item);
    }
  }

  void load_item(const Item& item, const Rows& rows, Sink& sink) const {
    if (item.at < 0) sink.string("");
    else item.field->type_object->load(*item.field, rows, item.at, mode, sink);
  }

  void tell(const Rows& rows, Sink& sink) const {
    sink.begin_dict();
    for (const Item& item : items) {
      sink.key(item.field->name);
      load_item(item, rows, sink);
    }
    sink.end_dict();
  }
};

constexpr std::size_t row_bytes_usual = 512;

// Some rows in memory: for collections (one query each over the chunk) and for the order of
// the ids asked. `rows`: about how many there will be at once.
class Chunk {
 public:
  Chunk(const Plan& plan, std::size_t rows) : plan_(plan), arena_(std::clamp<std::size_t>(rows, 1, 128) * row_bytes_usual) {}

  void clear() {
    arena_.reset();
    ids_.clear();
    cells_.clear();
    lists_.clear();
  }
  std::size_t size() const { return ids_.size(); }
  const std::vector<std::int64_t>& ids() const { return ids_; }

  // Column 0 of every query is the id.
  void add(const Rows& rows) {
    ids_.push_back(rows.cell(0).integer);
    if (cells_.empty()) cells_.reserve(plan_.items.size());
    for (const Item& item : plan_.items) {
      TreeBuilder builder(arena_, TreeBuilder::Texts::copied, stacks_);
      if (item.collection == nullptr) plan_.load_item(item, rows, builder);
      cells_.push_back(builder.result());
    }
  }

  Result<void> collect(Env& env) {
    sorted_ = ids_;
    std::sort(sorted_.begin(), sorted_.end());
    sorted_.erase(std::unique(sorted_.begin(), sorted_.end()), sorted_.end());
    for (const Item& item : plan_.items) {
      if (item.collection == nullptr) continue;
      PARLEY_TRY(auto lists, item.collection->collect(env, *item.field, sorted_));
      lists_.push_back(std::move(lists));
    }
    return {};
  }

  void tell(std::size_t row, Sink& sink) const {
    std::size_t list = 0;
    sink.begin_dict();
    for (std::size_t i = 0; i < plan_.items.size(); ++i) {
      const Item& item = plan_.items[i];
      sink.key(item.field->name);
      if (item.collection == nullptr) {
        write(cells_[row * plan_.items.size() + i], sink);
        continue;
      }
      auto at = std::lower_bound(sorted_.begin(), sorted_.end(), ids_[row]) - sorted_.begin();
      sink.begin_list();
      for (std::int64_t id : lists_[list][static_cast<std::size_t>(at)]) sink.integer(id);
      sink.end_list();
      ++list;
    }
    sink.end_dict();
  }

 private:
  const Plan& plan_;
  Arena arena_;
  TreeBuilder::Stacks stacks_;
  std::vector<std::int64_t> ids_, sorted_;
  std::vector<Value> cells_;                                     // [row][item]
  std::vector<std::vector<std::vector<std::int64_t>>> lists_;    // [collection][sorted id]
};

// search_read: the rows of one query, straight through or in chunks when collections are asked.
class FoundRows final : public RowSource {
 public:
  FoundRows(Env& env, Plan plan, std::unique_ptr<Rows> rows)
      : env_(env), plan_(std::move(plan)), rows_(std::move(rows)), chunk_(plan_, chunk_rows_max) {}

  Result<bool> next(Sink& sink) override {
    if (!plan_.has_collections) {
      PARLEY_TRY(bool has_row, rows_->step());
      if (has_row) plan_.tell(*rows_, sink);
      return has_row;
    }
    if (at_ == chunk_.size()) {
      PARLEY_CHECK(fill());
      if (chunk_.size() == 0) return false;
    }
    chunk_.tell(at_++, sink);
    return true;
  }

 private:
  Result<void> fill() {
    chunk_.clear();
    at_ = 0;
    while (chunk_.size() < chunk_rows_max && !is_done_) {
      PARLEY_TRY(bool has_row, rows_->step());
      if (has_row) chunk_.add(*rows_);
      else is_done_ = true;
    }
    if (chunk_.size() == 0) return {};
    return chunk_.collect(env_);
  }

  Env env_;
  Plan plan_;
  std::unique_ptr<Rows> rows_;
  Chunk chunk_;
  std::size_t at_ = 0;
  bool is_done_ = false;
};

// read: the ids asked, chunk by chunk, in their order, duplicates repeated.
class ReadRows final : public RowSource {
 public:
  ReadRows(Env& env, const RuntimeModel& model, Ids ids, Query query, Plan plan)
      : env_(env), model_(model), ids_(std::move(ids)), query_(std::move(query)), plan_(std::move(plan)),
        chunk_(plan_, ids_.size()) {}

  Result<void> start() { return fill(); }

  Result<bool> next(Sink& sink) override {
    while (at_ < order_.size() || next_ < ids_.size()) {
      if (at_ == order_.size()) {
        PARLEY_CHECK(fill());
        continue;
      }
      chunk_.tell(order_[at_++], sink);
      return true;
    }
    return false;
  }

 private:
  Result<void> fill() {
    chunk_.clear();
    order_.clear();
    at_ = 0;
    std::span<const std::int64_t> part(ids_.data() + next_, std::min(chunk_rows_max, ids_.size() - next_));
    next_ += part.size();
    if (part.empty()) return {};
    DomainCompiler compiler(env_);
    Column id = model_.id_field().column(0);
    Condition listed = part.size() == 1 ? compiler.compare(id, Condition::Op::eq, Value::integer(part.front()))
                                        : compiler.in(id, id_list(env_.arena(), part));
    PARLEY_TRY(Condition seen, compiler.visible(nullptr, model_, 0, DomainCompiler::Archived::shown));
    bool is_filtered = !(seen.kind == Condition::Kind::all && seen.parts.empty());
    Condition parts[] = {listed, seen};
    query_.where = is_filtered ? compiler.all(parts) : listed;
    PARLEY_TRY(std::unique_ptr<Rows> rows, env_.transaction().query(query_));
    for (;;) {
      PARLEY_TRY(bool has_row, rows->step());
      if (!has_row) break;
      chunk_.add(*rows);
    }
    rows.reset();
    PARLEY_CHECK(put_in_order(part, is_filtered));
    return plan_.has_collections ? chunk_.collect(env_) : Result<void>();
  }

  Result<void> put_in_order(std::span<const std::int64_t> part, bool is_filtered) {
    std::vector<std::pair<std::int64_t, std::size_t>> places;
    places.reserve(chunk_.size());
    for (std::size_t i = 0; i < chunk_.size(); ++i) places.emplace_back(chunk_.ids()[i], i);
    std::sort(places.begin(), places.end());
    Ids absent;
    for (std::int64_t id : part) {
      auto found = std::lower_bound(places.begin(), places.end(), std::pair{id, std::size_t{0}});
      if (found != places.end() && found->first == id) order_.push_back(found->second);
      else absent.push_back(id);
    }
    if (!is_filtered || absent.empty()) return {};
    // Missing records are left out; records that a rule hides are an error.
    PARLEY_TRY(Ids hidden, existing_ids(env_, model_, absent));
    if (!hidden.empty()) return rule_error(env_, model_, Operation::read, hidden);
    return {};
  }

  Env env_;
  const RuntimeModel& model_;
  Ids ids_;
  Query query_;
  Plan plan_;
  Chunk chunk_;
  std::vector<std::size_t> order_;  // rows of the chunk in the order of the ids
  std::size_t at_ = 0, next_ = 0;
};

}  // namespace

Result<std::vector<const RuntimeField*>> choose_fields(Env& env, const RuntimeModel& model, const Value& names) {
  bool wants_all = is_falsy(names) || (names.is_list() && names.size() == 0);
  std::vector<const RuntimeField*> out;
  out.reserve(wants_all ? model.fields.size() : std::min(names.size() + 1, model.fields.size()));
  out.push_back(&model.id_field());
  if (wants_all) {
    for (const auto& field : model.fields)
      if (field->index != 0 && may_see(env, *field)) out.push_back(field.get());
    return out;
  }
  if (!names.is_list())
    return Error(Code::invalid_argument, "fields: expected a list of names, not " + domain::repr(names), "fields");
  std::vector<bool> taken(model.fields.size());
  taken[0] = true;
  for (const Value& name : names.items()) {
    const RuntimeField* field = name.is_string() ? model.find(name.text()) : nullptr;
    if (field == nullptr)
      return Error(Code::invalid_argument, "Invalid field " + domain::repr(name) + " on '" + model.name + "'", "fields");
    if (taken[static_cast<std::size_t>(field->index)]) continue;
    taken[static_cast<std::size_t>(field->index)] = true;
    // A secret may be asked for; it is told as "".
    if (!field->is_write_only || !may_see(env, *field))
      PARLEY_CHECK(check_field_access(env, *field, Operation::read));
    out.push_back(field);
  }
  return out;
}

Result<std::unique_ptr<RowSource>> search_read_records(Env& env, const RuntimeModel& model,
                                                       const domain::Node* filter,
                                                       std::vector<const RuntimeField*> fields,
                                                       const SearchOptions& options, LoadMode mode) {
  DomainCompiler compiler(env);
  Query query;
  PARLEY_CHECK(start_search(env, compiler, model, filter, options, query));
  Plan plan(query, std::move(fields), mode);
  PARLEY_TRY(std::unique_ptr<Rows> rows, env.transaction().query(query));
  return std::unique_ptr<RowSource>(std::make_unique<FoundRows>(env, std::move(plan), std::move(rows)));
}

Result<std::unique_ptr<RowSource>> read_records(Env& env, const RuntimeModel& model, Ids ids,
                                                std::vector<const RuntimeField*> fields, LoadMode mode) {
  PARLEY_CHECK(check_model_access(env, model, Operation::read));
  Query query;
  query.table = model.table;
  Plan plan(query, std::move(fields), mode);
  auto rows = std::make_unique<ReadRows>(env, model, std::move(ids), std::move(query), std::move(plan));
  PARLEY_CHECK(rows->start());
  return std::unique_ptr<RowSource>(std::move(rows));
}

}  // namespace parley::orm
