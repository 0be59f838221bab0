// SPDX-License-Identifier: Apache-2.0
// One function for each controller: it exposes what stands under /ws/<controller>/.
#pragma once
#include "parley/parley.hpp"
#include "store.hpp"

namespace persons {

void add_persons(parley::App& app, PersonStore& store);  // create, get, list, update, destroy
void add_argtypes(parley::App& app);                     // every type, in and out again
void add_returntypes(parley::App& app);                  // every type, out
void add_bodytypes(parley::App& app);                    // bodies that are one argument
void add_witherrors(parley::App& app);                   // every way to fail
void add_misc(parley::App& app, PersonStore& store);     // defaults, a status, unknown arguments
void add_crud(parley::App& app);                         // functions chosen by the HTTP method
void add_dups(parley::App& app);                         // two functions for one HTTP method
void add_nested(parley::App& app);                       // a controller within a controller

}  // namespace persons
