/* SPDX-License-Identifier: Apache-2.0
 * 永定镇 and 宜就镇 as the tests of lists know them, and the bodies that act on their lists. */
#ifndef DUTIES_TEST_WORLD_H
#define DUTIES_TEST_WORLD_H

#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <zhen/test.h>

#define TOWNSHIP "532327101000"
#define OTHER_TOWNSHIP "532327102000"
#define VILLAGE "532327101003"
#define COUNTY "532327000000"
#define PREFECTURE "532300000000"

typedef struct World {
	zhen_test *test;
} World;

/* At 09:00 in Asia/Shanghai of @day. */
World world_at(const char *day);
void world_clear(World *world);
void turn_to(World *world, const char *day);

void as_prefecture(World *world); /* 州编办: catalogues */
void as_staffing(World *world);   /* 县编办: assesses, publishes, admits */
void as_township(World *world);   /* 乡镇人民政府 */
void as_department(World *world); /* 县农业农村局 */
void as_public(World *world);

/* The status; @json NULL = no body. */
int32_t get(World *world, const char *path);
int32_t post(World *world, const char *path, const char *json);
void done(World *world, int32_t status, int32_t wanted, const char *what);
const char *value(World *world, const char *path);
bool is_refused(World *world, int32_t status, int32_t wanted, const char *code);
int events(World *world, const char *topic);
char *json_text(const char *text);
/* A catalogue out of a CSV; @more: further members, ", \"mode\": \"append\"". */
int32_t bring(World *world, const char *code, const char *kind, const char *division, const char *csv,
              const char *more);
/* Both that are shipped: 108 powers, 105 + 37 delegated. */
void import_shipped(World *world);
/* A draft by the township; its id. */
int draft(World *world, const char *unit);
int32_t act(World *world, const char *what, int id, const char *verb, const char *json);
/* 永定镇's first list in force: both catalogues, two optional items. */
int first_list(World *world);

#endif
