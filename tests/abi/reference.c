/* SPDX-License-Identifier: Apache-2.0
 * What abidiff looks at: one plugin constant reaches every row and, through its handlers, the host's whole table; the
 * enumerations need a variable each. */
#include <zhen/host.h>

#define KEEP(type) ZHEN_EXPORT extern const enum type abi_##type; const enum type abi_##type = (enum type)0;

KEEP(zhen_kind)
KEEP(zhen_method)
KEEP(zhen_type)
KEEP(zhen_field_flag)
KEEP(zhen_route_flag)
KEEP(zhen_phase)
KEEP(zhen_topic_flag)
KEEP(zhen_setting_flag)
KEEP(zhen_feature_flag)
KEEP(zhen_need_flag)
KEEP(zhen_status)

ZHEN_PLUGIN(reference, "1.0.0", .title = "reference");
