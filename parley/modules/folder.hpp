// SPDX-License-Identifier: Apache-2.0
// Module folders (modules/README.md says what they hold) as orm::Module, from memory or disk.
#pragma once
#include <map>
#include <span>
#include <string>

#include "parley/core/error.hpp"
#include "parley/orm/module.hpp"

namespace parley::modules {

/// Files of one module: path inside its folder ("models/user.yaml") -> bytes.
using Files = std::map<std::string, std::string>;
using Modules = std::map<std::string, orm::Module, std::less<>>;  // by name

/// Reads one module. `below` holds at least the modules it depends on: types of fields of their
/// models tell which values are external ids.
/// fails:   rejected, "<module>/<file>:<line>: <rule>"; not_found for a dependency not in `below`
Result<orm::Module> read_module(const Files& files, const Modules& below = {});

/// The YAML files of a folder on disk, for read_module.
/// limits:  files_max files of yaml.hpp's file_bytes_max
/// fails:   not_found, too_large
Result<Files> read_files(const std::string& folder);
inline constexpr std::size_t files_max = 2000;
/// read_module of what is in `folder`.
/// fails:   as both
Result<orm::Module> read_module_folder(const std::string& folder, const Modules& below = {});

/// The modules built into this program, with those in `folders` over them: each of these holds
/// module folders, and one found later replaces an earlier one of the same name.
/// fails:   as read_module; rejected for a cycle of dependencies or a name that is not the folder's
Result<orm::ModuleSet> load_modules(std::span<const std::string> folders);

}  // namespace parley::modules
