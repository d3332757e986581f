/* SPDX-License-Identifier: Apache-2.0
 * The test host: the kernel itself in a library (libzhen-test), with a temporary store, a clock the test turns and no
 * sockets. One per test; one thread. Works with any test framework, or none: failures of the host itself are returned
 * as NULL or negative with zhen_test_error. */
#ifndef ZHEN_TEST_H
#define ZHEN_TEST_H

#include <zhen/value.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct zhen_test zhen_test;

typedef struct zhen_test_options {
	uint32_t size;          /* sizeof(zhen_test_options) */
	uint32_t worker;        /* 0: in this process; 1: in a zhen-worker; the environment's ZHEN_TEST_HOME=worker sets it too */
	const char *plugin;     /* path of the .so */
	const char *divisions;  /* CSV paths separated by ':'; NULL = a small made-up county (county 990101000000, townships
	                           990101101000 and 990101102000, villages 990101101001, 990101101002, 990101102001) */
	const char *bodies;     /* CSV path; NULL = a government, window, agriculture and planning body per township */
	const char *const *settings; /* "key", "value", ..., NULL; contents of ZHEN_CONTENT settings are given as the value */
	int64_t now;            /* ms since 1970 UTC the clock stands at; 0 = 2026-09-18T09:00:00+08:00 */
} zhen_test_options;

/* Loads, migrates, starts. NULL on failure: zhen_test_error(NULL) says why. */
zhen_test *zhen_test_new(const zhen_test_options *options);
/* Stops the plugin and removes the store. */
void zhen_test_free(zhen_test *test);
const char *zhen_test_error(const zhen_test *test);

/* Who calls from now on: @permissions separated by spaces ("*" = all of the plugin), in @body (NULL = none), scoped by
 * @division (NULL = the body's). zhen_test_anonymous: a resident without account. */
void zhen_test_as(zhen_test *test, const char *account, const char *body, const char *division,
                  const char *permissions);
void zhen_test_anonymous(zhen_test *test);

/* An account that ZHEN_ACCOUNT fields may name from now on, with @permissions separated by spaces at @body: everything it may do
 * there. Any number of them; an account may have several bodies. */
void zhen_test_account(zhen_test *test, const char *id, const char *name, const char *body, const char *permissions);

/* One call, waited for. @path below the mount point, with its query ("/notes?limit=2"); @json NULL = no body. Returns
 * the status; the answer stays until the next call. */
int32_t zhen_test_call(zhen_test *test, const char *method, const char *path, const char *json);
int32_t zhen_test_call_with(zhen_test *test, const char *method, const char *path, const char *json,
                            const char *idempotency_key, const char *if_match);
const char *zhen_test_body(const zhen_test *test);     /* JSON text */
const char *zhen_test_header(const zhen_test *test, const char *name); /* "location", "etag"; NULL = absent */
/* A value of the answer by path: "items.0.title", "code"; texts as they are, numbers and objects as JSON; NULL = absent. */
const char *zhen_test_value(zhen_test *test, const char *path);
int64_t zhen_test_int(zhen_test *test, const char *path);
/* The blob a route answered with. */
const void *zhen_test_blob(zhen_test *test, size_t *out_length);
/* Stores a blob as an upload would; its digest. */
const char *zhen_test_upload(zhen_test *test, const void *bytes, size_t length);

/* The clock, and what hangs on it: jobs that are due, enqueued ones too, run in these two and nowhere else. */
void zhen_test_turn_to(zhen_test *test, int64_t now);
void zhen_test_run_jobs(zhen_test *test);

/* One event for the plugin's subscription to @topic, the next one of its publisher, waited for; @json its members, @subject ""
 * = none. 200: its handler took it; else the status with which the event was set aside, zhen_test_value of "code" and
 * "error" says why; 202: set aside behind another one of its subject. zhen_test_turn_to lets what is set aside be tried
 * again. */
int32_t zhen_test_deliver(zhen_test *test, const char *topic, const char *subject, const char *json);
/* As `zhenctl purge` would: the row @kind of the plugin's purges, on @subject. The status; zhen_test_value of "removed", "files",
 * "answers", "jobs", or the problem. */
int32_t zhen_test_purge(zhen_test *test, const char *kind, const char *subject);
/* Events emitted so far, oldest first, as JSON {topic, subject, division, at, body}; NULL past the last. */
const char *zhen_test_event(zhen_test *test, uint32_t index);
/* The database as text, host tables included, in a fixed order: to compare two runs. */
const char *zhen_test_dump(zhen_test *test);
/* Reads with any SQL, as the host: first column of the first row as text; NULL = none. */
const char *zhen_test_sql(zhen_test *test, const char *sql);

#ifdef __cplusplus
}
#endif

#endif
