/* SPDX-License-Identifier: Apache-2.0
 * 永定镇 and its team, and the bodies that act on it. */
#ifndef ENFORCEMENT_TEST_WORLD_H
#define ENFORCEMENT_TEST_WORLD_H

#include <criterion/criterion.h>
#include <glib.h>
#include <string.h>
#include <zhen/test.h>

#define TOWNSHIP "532327101000"
#define OTHER_TOWNSHIP "532327102000"
#define VILLAGE "532327101003"
#define COUNTY "532327000000"

typedef struct World {
	zhen_test *test;
} World;

World world_at(const char *day); /* 09:00 in Asia/Shanghai */
World world_with(const char *day, const char *key, const char *value); /* a setting besides */
void world_clear(World *world);
void turn_to(World *world, const char *day);

void as_head(World *world);     /* 永定镇人民政府 */
void as_neighbour(World *world); /* 宜就镇人民政府 */
void as_bureau(World *world);   /* 县综合行政执法局 */
void as_staffing(World *world); /* 县编办: items */
void as_village(World *world);   /* the station of VILLAGE: reports what happens there */
void as_justice(World *world);   /* 县司法局: evaluates files */
void as_looker(World *world);   /* reads only */

int32_t get(World *world, const char *path);
__attribute__((format(printf, 3, 4))) int32_t post(World *world, const char *path, const char *json, ...);
/* POST /WHAT/ID/VERB. */
int32_t act(World *world, const char *what, int64_t id, const char *verb, const char *json);
void done(World *world, int32_t status, int32_t wanted, const char *what);
void refused(World *world, int32_t status, int32_t wanted, const char *code);
/* 422, and the field that is named. */
void wrong(World *world, int32_t status, const char *field, const char *code);
const char *value(World *world, const char *path);
int events(World *world, const char *topic);

int64_t team(World *world);                                         /* made by the head; its id */
int64_t member(World *world, int64_t team, const char *kind);       /* since 2026-01-05 */
/* A certificate valid from 2026-01-05 to @to; its id. Numbers are the member's. */
int64_t certify(World *world, int64_t member, const char *to);
int64_t officer(World *world, int64_t team);                        /* a member with a certificate until 2026-12-31 */

#endif
