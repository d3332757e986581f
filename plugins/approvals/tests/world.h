/* SPDX-License-Identifier: Apache-2.0
 * 永定镇 as the tests know it: the conf/data as shipped, its bodies, a household, and the acts by name. */
#ifndef APPROVALS_TEST_WORLD_H
#define APPROVALS_TEST_WORLD_H

#include <criterion/criterion.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <zhen/test.h>

#define TOWNSHIP "532327101000"
#define VILLAGE "532327101003"
#define OTHER_TOWNSHIP "532327102000"
#define KEEPER "90" /* account that keeps the seal */

typedef struct World {
	zhen_test *test;
	char *number; /* of the application filed last */
	char *code;
	int id;
} World;

/* At 09:00 in Asia/Shanghai of @day; 永定镇 has its seal. */
World world_at(const char *day);
World world_with(const char *day, const char *setting, const char *value); /* @setting NULL = none */
void world_clear(World *world);
int64_t morning(const char *day);
/* Turns the clock, and lets the jobs run. */
void turn_to(World *world, const char *day);

void register_seal(World *world, const char *township);

void as_keeper(World *world);
/* Lets the jobs run, and the keeper seal every paper that waits for it. */
void keeper_seals(World *world);
void as_window(World *world);
void as_agriculture(World *world);
void as_planning(World *world);
void as_government(World *world);
void as_other_township(World *world);
void as_county_admin(World *world);
void as_publisher(World *world); /* of the same county, another person */
void as_resident(World *world);

/* A table of items, imported by the one and published by the other: the status of the last act that was tried. */
int32_t import_items(World *world, const char *json);
/* By whoever it is; @more: further members, each after a comma. */
int32_t ask_through(World *world, const char *code, const char *more);

/* A valid number for the @n-th person. */
char *id_card(int n);
/* The application of household @n; @changes replaces parts: "name", "json", ..., NULL. */
char *application(int n, const char *const *changes);
int32_t file_with(World *world, int n, const char *const *changes);
void file_one(World *world, int n);

/* One act on the case filed last: POST /cases/ID/@act. */
int32_t act(World *world, const char *act, const char *json);
int32_t step(World *world, const char *step, const char *json);
void expect_done(World *world, int32_t status, int32_t wanted, const char *what);
/* Up to where the name says, from an application just filed; days of September 2026 pass. */
void to_review(World *world);
void to_approved(World *world);
void to_issued(World *world);

const char *value(World *world, const char *path);
bool is_refused(World *world, int32_t status, int32_t wanted, const char *code);
/* How many events of the topic were emitted. */
int events(World *world, const char *topic);
/* The body's number for one document of the case, by kind; "" = none. */
char *document(World *world, const char *kind);
char *column(World *world, const char *name);
char *escape(const char *text);

#endif
