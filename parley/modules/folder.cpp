// SPDX-License-Identifier: Apache-2.0
#include "parley/modules/folder.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "parley/modules/embedded.hpp"
#include "parley/modules/models.hpp"
#include "parley/modules/records.hpp"
#include "parley/modules/values.hpp"

namespace parley::modules {
namespace {

bool is_yaml(std::string_view path) { return path.ends_with(".yaml") || path.ends_with(".yml"); }

// A misspelt folder would silently leave its files out.
Result<void> check_paths(const Files& files, const std::string& module) {
  for (const auto& [path, bytes] : files) {
    std::size_t slash = path.find('/');
    bool is_known = path == "module.yaml" || path == "access.yaml" || path == "rules.yaml";
    if (slash != std::string::npos && path.find('/', slash + 1) == std::string::npos) {
      std::string folder = path.substr(0, slash);
      is_known =
          path.ends_with(".yaml") && (folder == "models" || folder == "data" || folder == "demo");
    }
    if (is_yaml(path) && !is_known)
      return Error(Code::rejected,
                   module + "/" + path +
                       ": a module has module.yaml, access.yaml, rules.yaml, models/*.yaml, " +
                       "data/*.yaml and demo/*.yaml",
                   module + "/" + path);
  }
  return {};
}

Result<orm::Module> read_head(const Files& files) {
  auto found = files.find("module.yaml");
  if (found == files.end())
    return Error(Code::rejected, "module.yaml: a module folder must have this file", "module.yaml");
  File file{"module", "module.yaml"};
  PARLEY_TRY(YAML::Node node, parse(file, found->second));
  if (node.IsMap() && node["name"] && node["name"].IsScalar()) file.module = node["name"].Scalar();
  PARLEY_TRY(Map map, Map::open(file, node, "module",
                                {"name", "title", "summary", "version", "depends", "category"}));
  orm::Module out;
  PARLEY_TRY(out.name, map.needed_text("name"));
  PARLEY_TRY(out.title, map.needed_text("title"));
  PARLEY_TRY(out.summary, map.text("summary"));
  PARLEY_TRY(out.category, map.text("category"));
  PARLEY_TRY(out.version, map.needed_text("version"));
  if (!is_quoted(*map.find("version")))
    return fault(file, *map.find("version"), "the version is a text: put it in quotes");
  PARLEY_TRY(const YAML::Node* depends, map.get("depends"));
  PARLEY_TRY(out.depends, texts_of(file, *depends, "'depends'"));
  PARLEY_TRY(std::string checked, external_id(file, *map.find("name"), out.name));
  if (checked != file.module + "." + out.name)
    return map.fault("'" + out.name + "' is no module name");
  out.models.module = out.name;
  return out;
}

// The modules `module` depends on, directly or not.
Result<std::vector<const orm::Module*>> modules_below(const orm::Module& module,
                                                      const Modules& all) {
  std::vector<const orm::Module*> out;
  std::set<std::string_view> seen{module.name};
  std::vector<const orm::Module*> waiting{&module};
  while (!waiting.empty()) {
    const orm::Module* above = waiting.back();
    waiting.pop_back();
    for (const std::string& name : above->depends) {
      auto found = all.find(name);
      if (found == all.end())
        return Error(
            Code::not_found,
            "module " + above->name + " depends on module '" + name + "', which is not known",
            above->name + "/module.yaml");
      if (!seen.insert(found->second.name).second) continue;
      out.push_back(&found->second);
      waiting.push_back(&found->second);
    }
  }
  return out;
}

// FNV-1a, 64 bit: tells changed files from unchanged ones, nothing more.
class Hash {
 public:
  void add(std::string_view bytes) {
    for (unsigned char c : bytes) state_ = (state_ ^ c) * 0x100000001b3u;
    state_ =
        (state_ ^ 0xffu) * 0x100000001b3u;  // 0xff is in no UTF-8 text: parts cannot run together
  }
  std::string text() const {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += hex[(state_ >> shift) & 15];
    return out;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325u;
};

using Reader = Result<void> (*)(const File&, const YAML::Node&, const KnownFields&, DataRows&);

Result<void> read_rows(const Files& files, const std::string& module, const std::string& prefix,
                       Reader reader, const KnownFields& known, DataRows& out) {
  for (auto at = files.lower_bound(prefix); at != files.end() && at->first.starts_with(prefix);
       ++at) {
    if (!is_yaml(at->first)) continue;
    File file{module, at->first};
    PARLEY_TRY(std::vector<YAML::Node> items, parse_list(file, at->second));
    for (const YAML::Node& item : items) PARLEY_CHECK(reader(file, item, known, out));
  }
  return {};
}

Result<void> check_fields(const orm::Module& module) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const orm::ModelSpec& model : module.models.models)
    for (const orm::FieldSpec& field : model.fields)
      if (!seen.emplace(model.name, field.name).second)
        return Error(
            Code::rejected,
            "module " + module.name + " defines field " + model.name + "." + field.name + " twice",
            module.name + "/models");
  return {};
}

Result<void> read_models(const Files& files, orm::Module& module) {
  Hash hash;
  for (const auto& [path, bytes] : files) {
    if (!path.starts_with("models/") || !is_yaml(path)) continue;
    hash.add(path);
    hash.add(bytes);
    File file{module.name, path};
    PARLEY_TRY(std::vector<YAML::Node> items, parse_list(file, bytes));
    for (const YAML::Node& item : items) {
      PARLEY_TRY(orm::ModelSpec model, read_model(file, item));
      for (const orm::ModelSpec& known : module.models.models)
        if (!model.is_extension && known.name == model.name)
          return fault(file, item, "model '" + model.name + "' exists already");
      module.models.models.push_back(std::move(model));
    }
  }
  module.schema_hash = hash.text();
  return check_fields(module);
}

Result<void> check_extensions(const orm::Module& module,
                              std::span<const orm::Module* const> below) {
  auto defines = [](const orm::Module& where, std::string_view name) {
    for (const orm::ModelSpec& model : where.models.models)
      if (!model.is_extension && model.name == name) return true;
    return false;
  };
  for (const orm::ModelSpec& model : module.models.models) {
    bool is_below = std::any_of(below.begin(), below.end(),
                                [&](const orm::Module* m) { return defines(*m, model.name); });
    std::string who = "module " + module.name + ": model '" + model.name + "' ";
    if (model.is_extension && !is_below && !defines(module, model.name))
      return Error(Code::rejected, who + "is extended, but no module it depends on defines it",
                   module.name + "/models");
    if (!model.is_extension && is_below)
      return Error(Code::rejected, who + "exists in a module it depends on: use 'inherit'",
                   module.name + "/models");
  }
  return {};
}

Result<void> check_ids(const orm::Module& module) {
  std::set<std::string_view> seen;
  for (const auto* rows : {&module.data, &module.demo})
    for (const orm::DataRow& row : *rows)
      if (!seen.insert(row.external_id).second)
        return Error(
            Code::rejected,
            "module " + module.name + " defines external id '" + row.external_id + "' twice",
            module.name);
  return {};
}

}  // namespace

Result<orm::Module> read_module(const Files& files, const Modules& below) {
  PARLEY_TRY(orm::Module out, read_head(files));
  PARLEY_CHECK(check_paths(files, out.name));
  PARLEY_TRY(std::vector<const orm::Module*> under, modules_below(out, below));
  PARLEY_CHECK(read_models(files, out));
  PARLEY_CHECK(check_extensions(out, under));
  KnownFields known;
  for (const orm::Module* module : under) known.add(*module);
  known.add(out);
  PARLEY_CHECK(read_rows(files, out.name, "data/", read_records, known, out.data));
  PARLEY_CHECK(read_rows(files, out.name, "access.yaml", read_access, known, out.data));
  PARLEY_CHECK(read_rows(files, out.name, "rules.yaml", read_rule, known, out.data));
  PARLEY_CHECK(read_rows(files, out.name, "demo/", read_records, known, out.demo));
  PARLEY_CHECK(check_ids(out));
  return out;
}

Result<Files> read_files(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failure;
  fs::recursive_directory_iterator at(folder, failure), end;
  if (failure)
    return Error(Code::not_found, "module folder " + folder + ": " + failure.message(), folder);
  Files out;
  while (at != end) {
    std::string path = fs::path(*at).lexically_relative(folder).generic_string();
    if (at->is_regular_file(failure) && is_yaml(path)) {
      if (out.size() >= files_max)
        return Error(
            Code::too_large,
            "module folder " + folder + ": at most " + std::to_string(files_max) + " files",
            folder);
      if (at->file_size(failure) > file_bytes_max)
        return Error(Code::too_large,
                     folder + "/" + path + ": at most " + std::to_string(file_bytes_max) + " bytes",
                     path);
      std::ifstream in(at->path(), std::ios::binary);
      if (!in)
        return Error(Code::not_found, folder + "/" + path + ": the file cannot be read", path);
      out[path] = std::string(std::istreambuf_iterator<char>(in), {});
    }
    at.increment(failure);
    if (failure)
      return Error(Code::not_found, "module folder " + folder + ": " + failure.message(), folder);
  }
  return out;
}

Result<orm::Module> read_module_folder(const std::string& folder, const Modules& below) {
  PARLEY_TRY(Files files, read_files(folder));
  return read_module(files, below);
}

namespace {

// Adds the module folders inside `folder` to `sources`.
Result<void> find_folders(const std::string& folder, std::map<std::string, Files>& sources) {
  namespace fs = std::filesystem;
  std::error_code failure;
  fs::directory_iterator at(folder, failure), end;
  for (; !failure && at != end; at.increment(failure)) {
    if (!fs::exists(at->path() / "module.yaml", failure)) continue;
    PARLEY_TRY(Files files, read_files(at->path().string()));
    sources[at->path().filename().string()] = std::move(files);
  }
  if (failure)
    return Error(Code::not_found, "modules path " + folder + ": " + failure.message(), folder);
  return {};
}

}  // namespace

Result<orm::ModuleSet> load_modules(std::span<const std::string> folders) {
  std::map<std::string, Files> sources = embedded_modules();
  for (const std::string& folder : folders) PARLEY_CHECK(find_folders(folder, sources));
  std::map<std::string, std::vector<std::string>> waiting;  // name -> what it depends on
  for (const auto& [name, files] : sources) {
    PARLEY_TRY(orm::Module head, read_head(files));
    if (head.name != name)
      return Error(Code::rejected,
                   name + "/module.yaml: the name '" + head.name + "' is not the folder's", name);
    for (const std::string& below : head.depends)
      if (!sources.contains(below))
        return Error(Code::not_found,
                     "module " + name + " depends on module '" + below + "', which is not known",
                     name + "/module.yaml");
    waiting[name] = std::move(head.depends);
  }
  orm::ModuleSet out;
  while (!waiting.empty()) {
    auto is_ready = [&](const auto& entry) {
      return std::all_of(entry.second.begin(), entry.second.end(),
                         [&](const std::string& name) { return out.modules.contains(name); });
    };
    auto next = std::find_if(waiting.begin(), waiting.end(), is_ready);
    if (next == waiting.end())
      return Error(Code::rejected,
                   "module " + waiting.begin()->first + " depends on itself through others",
                   waiting.begin()->first);
    PARLEY_TRY(orm::Module module, read_module(sources.at(next->first), out.modules));
    out.modules.emplace(next->first, std::move(module));
    waiting.erase(next);
  }
  return out;
}

}  // namespace parley::modules
