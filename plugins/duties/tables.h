/* SPDX-License-Identifier: Apache-2.0
 * The lists of fields, replies and rows that the plugin's tables point to. */
#ifndef DUTIES_TABLES_H
#define DUTIES_TABLES_H

#include "duties.h"

extern const zhen_migration migrations[];

zhen_handle list_catalogues;
extern const zhen_field none_fields[], catalogues_reply[];

#endif
