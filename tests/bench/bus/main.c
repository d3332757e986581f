/* SPDX-License-Identifier: Apache-2.0
 *   bus_bench ARM IN-FLIGHT SECONDS NEW-FOLDER [PORT-OF-THE-SERVER]
 * One line of JSON: what it measured. Whether the effects in the database are as many as were published is looked at. */
#include "bus_bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#define WARM_US 250000
#define RATE_MAX 1000000 /* events a second that there is room for */

typedef struct ArmRow {
	const char *name;
	Arm *run;
	const char *database; /* of the effect; NULL = there is none */
} ArmRow;

static const ArmRow arms[] = {
	{ "inproc", arm_inproc, "bus_sink/data.db" }, { "worker", arm_worker, "bus_sink/data.db" },
	{ "outbox", arm_outbox, EFFECT_FILE },        { "redis", arm_redis, EFFECT_FILE },
	{ "redis-ack", arm_redis_ack, NULL },         { "redis-early", arm_redis_early, EFFECT_FILE },
	{ "nats", arm_nats, EFFECT_FILE },
};

static int by_size(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void check_effects(const Bench *bench, const char *database)
{
	char path[4096];
	sqlite3_stmt *sum;
	sqlite3 *db;

	if (bench->window.effects != bench->published)
		die("not every event had its effect");
	if (database == NULL)
		return;
	snprintf(path, sizeof path, "%s/%s", bench->folder, database);
	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
		die(path);
	sum = database_prepare(db, "SELECT sum(n) FROM effect");
	if (sqlite3_step(sum) != SQLITE_ROW || sqlite3_column_int64(sum, 0) != (sqlite3_int64)bench->published)
		die("the effects in the database are not those published");
	sqlite3_finalize(sum);
	sqlite3_close(db);
}

static void report(Window *window)
{
	struct rusage usage;

	if (window->counted == 0)
		die("nothing was counted");
	qsort(window->latencies, window->counted, sizeof window->latencies[0], by_size);
	getrusage(RUSAGE_SELF, &usage);
	printf("{\"events\":%llu,\"rate\":%.1f,\"p50\":%u,\"p99\":%u,\"cpu_us\":%.2f}\n",
	       (unsigned long long)window->counted,
	       (double)window->counted * 1e6 / (double)(window->until_us - window->from_us),
	       window->latencies[window->counted / 2], window->latencies[window->counted * 99 / 100],
	       ((double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
	        (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)) / (double)window->effects);
}

int main(int argc, char **argv)
{
	Bench bench = { .window = { .lock = PTHREAD_MUTEX_INITIALIZER, .freed = PTHREAD_COND_INITIALIZER } };
	Window *window = &bench.window;
	const ArmRow *arm = NULL;
	char build[4096] = "";
	double seconds;

	if (argc < 5)
		die("usage: bus_bench ARM IN-FLIGHT SECONDS FOLDER [PORT]");
	for (size_t i = 0; i < sizeof arms / sizeof arms[0]; i++)
		if (strcmp(arms[i].name, argv[1]) == 0)
			arm = &arms[i];
	if (arm == NULL)
		die("no such arm");
	/* BUILD/tests/bench/bus_bench */
	if (realpath(argv[0], build) == NULL)
		die(argv[0]);
	for (int up = 0; up < 3; up++)
		*strrchr(build, '/') = '\0';
	bench.build = build;
	bench.folder = argv[4];
	bench.port = argc > 5 ? atoi(argv[5]) : 0;
	if (mkdir(bench.folder, 0700) != 0)
		die("the folder must be new");
	seconds = atof(argv[3]);
	window->slots = (unsigned)atoi(argv[2]);
	window->room = (uint64_t)(seconds * RATE_MAX) + 1;
	window->latencies = calloc(window->room, sizeof window->latencies[0]);
	if (window->slots == 0 || window->latencies == NULL)
		die("no slots, or no memory");
	window->from_us = now_us() + WARM_US;
	window->until_us = window->from_us + (int64_t)(seconds * 1e6);
	arm->run(&bench);
	check_effects(&bench, arm->database);
	report(window);
	free(window->latencies);
	return 0;
}
