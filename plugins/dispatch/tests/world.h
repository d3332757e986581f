/* SPDX-License-Identifier: Apache-2.0
 * A test host with the plugin, and who calls it. */
#ifndef DISPATCH_TESTS_WORLD_H
#define DISPATCH_TESTS_WORLD_H

#include <criterion/criterion.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <zhen/test.h>

#define DATA SOURCE_DIR "/conf/data/"
#define TOWNSHIP "532327101000"
#define OTHER "532327102000"
#define COUNTY "532327000000"
#define RAISE(class_, kind_) \
	"{\"class\": \"" class_ "\", \"kind\": \"" kind_ "\", \"title\": \"隔离带过长\", \"content\": \"国道绕行\", \"reason\": \"不归本镇管\"}"
#define REASON "{\"reason\": \"理由\"}"

extern zhen_test *test;

int64_t at(const char *text);
void turn(const char *text);
void begin(const char *now);
void as_township(const char *code);
void as_department(const char *kind);
void as_centre(void);
int32_t get(const char *path);
int32_t post(const char *path, const char *json);
const char *value(const char *path);
char *guide_json(const char *csv);
void import_sample(void);
int events(const char *topic);
void listed(const char *path, const char *ids);

#define IS(path_, wanted_) cr_expect_str_eq(value(path_), wanted_, "%s is %s, not %s", path_, value(path_), wanted_)
#define DONE(status_, wanted_)                                                                        \
	do {                                                                                          \
		int32_t status = status_;                                                             \
		cr_assert_eq(status, wanted_, #status_ ": %d %s", status, zhen_test_body(test)); \
	} while (0)
#define REFUSED(status_, wanted_, code_)       \
	do {                                   \
		DONE(status_, wanted_);        \
		IS("code", code_);             \
	} while (0)

#endif
