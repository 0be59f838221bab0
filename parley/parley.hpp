// SPDX-License-Identifier: Apache-2.0
// Everything a program that uses the library needs: one include, one App.
#pragma once
#include "parley/orm/declare.hpp"
#include "parley/orm/env.hpp"
#include "parley/registry/expose.hpp"
#include "parley/registry/file.hpp"
#include "parley/server/app.hpp"
#include "parley/server/settings.hpp"
