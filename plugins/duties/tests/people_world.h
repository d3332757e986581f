/* SPDX-License-Identifier: Apache-2.0
 * What tests of posts and persons begin with: lists in force, posts, persons, and who acts on them. */
#ifndef DUTIES_TEST_PEOPLE_WORLD_H
#define DUTIES_TEST_PEOPLE_WORLD_H

#include "world.h"

/* world_at 2026-09-18 with one setting more. */
World world_set(const char *key, const char *value);

void as_head(World *world);       /* 乡镇人民政府: draws up posts, names persons, asks for secondments */
void as_office(World *world);     /* 县编办: approves posts, headcount and secondments */
void as_looker(World *world);     /* 县农业农村局: looks */
void as_prefecture_office(World *world);

/* A list of the township in force: 基本 A1 A2 A3, 配合 B1, 收回 W1. */
void give_list(World *world);

/* The id of what was made. */
int64_t made(World *world, const char *path, const char *json);
/* Does it, or fails the test. */
void does(World *world, const char *path, const char *json);
int32_t act_on(World *world, const char *what, int64_t id, const char *act, const char *json);

/* By as_head, of the township. */
int64_t draft_post(World *world, const char *code, const char *duty);
/* … approved by as_office with so much headcount; the township has it. */
int64_t active_post(World *world, const char *code, int headcount);
int64_t add_staff(World *world, const char *name);
void give_headcount(World *world, int number);

#endif
