/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <zhen/plugin.h>

extern const zhen_plugin *const shapes[]; /* ended by NULL */
