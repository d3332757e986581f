/* SPDX-License-Identifier: Apache-2.0
 * Searching a table of cases inside the store: search_bench FOLDER [ROWS]. Prints one line of JSON for each kind of question
 * and caller, times in microseconds, and one each for filling, rebuilding and forgetting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "store/store.h"

#define COUNTIES 10
#define TOWNS 103
#define VILLAGES 11 /* of each */
#define ROUNDS 400
#define BATCH 200

static Division prefecture, counties[COUNTIES], towns[TOWNS], villages[TOWNS * VILLAGES];
static const Division *of_prefecture[COUNTIES], *all_towns[TOWNS], *all_villages[TOWNS * VILLAGES];
static guint32 seed = 20260918;

static guint any(guint below)
{
	seed = seed * 1664525u + 1013904223u;
	return (guint)((guint64)seed * below >> 32);
}

static void name(Division *d, DivisionLevel level, const Division *parent, const char *code, const char *text)
{
	g_strlcpy(d->code, code, sizeof d->code);
	d->level = level;
	d->parent = parent;
	d->name = g_intern_string(text);
}

static void plant(void)
{
	guint from = 0;

	name(&prefecture, LEVEL_PREFECTURE, NULL, "532300000000", "楚雄彝族自治州");
	for (guint c = 0; c < COUNTIES; c++) {
		const guint to = (c + 1) * TOWNS / COUNTIES;
		g_autofree char *code = g_strdup_printf("5323%02u000000", c + 1);

		name(&counties[c], LEVEL_COUNTY, &prefecture, code, "县");
		of_prefecture[c] = &counties[c];
		for (guint t = from; t < to; t++) {
			g_autofree char *town = g_strdup_printf("5323%02u%03u000", c + 1, 100 + t - from);
			g_autofree char *called = g_strdup_printf("%c%u镇", 'A' + (char)c, t);

			name(&towns[t], LEVEL_TOWNSHIP, &counties[c], town, called);
			all_towns[t] = &towns[t];
			for (guint v = 0; v < VILLAGES; v++) {
				g_autofree char *village =
					g_strdup_printf("5323%02u%03u%03u", c + 1, 100 + t - from, v + 1);

				name(&villages[t * VILLAGES + v], LEVEL_VILLAGE, &towns[t], village, "村");
				all_villages[t * VILLAGES + v] = &villages[t * VILLAGES + v];
			}
			towns[t].children = &all_villages[t * VILLAGES];
			towns[t].n_children = VILLAGES;
		}
		counties[c].children = counties[c].townships = &all_towns[from];
		counties[c].n_children = counties[c].n_townships = to - from;
		from = to;
	}
	prefecture.children = of_prefecture, prefecture.n_children = COUNTIES;
	prefecture.townships = all_towns, prefecture.n_townships = TOWNS;
}

static const char *const families[] = { "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周",
	                                "徐", "孙", "马", "朱", "胡", "郭", "何", "高", "林", "罗" };
static const char *const given[] = { "伟", "芳", "娜", "秀", "敏", "静", "丽", "强", "磊", "军", "洋", "勇",
	                             "艳", "杰", "娟", "涛", "明", "超", "兰", "霞", "平", "刚", "桂", "英" };
static const char *const items[] = {
	"农村宅基地审批", "农村村民住宅建设规划许可", "林木采伐许可",         "最低生活保障申请", "临时救助申请",
	"残疾人两项补贴", "食品小作坊登记",           "城乡居民医疗保险参保", "老年人优待证办理", "土地经营权流转审核"
};

static const zhen_migration migrations[] = {
	{ .number = 1,
	  .sql = "CREATE TABLE matter(id {{id}}, number TEXT NOT NULL, item_name TEXT NOT NULL, applicant TEXT NOT "
	         "NULL, "
	         "township TEXT NOT NULL, village TEXT NOT NULL, state TEXT NOT NULL, filler TEXT NOT NULL);"
	         "CREATE INDEX matter_township ON matter(township, id, number, item_name, village, applicant, state);"
	         "CREATE INDEX matter_village ON matter(village, id, number, item_name, township, applicant, state)" },
	{ 0 },
};
static const zhen_search searches[] = {
	{ .name = "matters",
	  .table = "matter",
	  .columns = "number, item_name, applicant",
	  .scope = "village township" },
};

static gboolean fill(StoreConn *conn, void *data, GError **error)
{
	guint *next = data;

	for (guint i = 0; i < BATCH; i++, (*next)++) {
		const Division *village = &villages[any(TOWNS * VILLAGES)];
		g_autofree char *number = g_strdup_printf("%.9s-2026-%05u", village->parent->code, *next);
		g_autofree char *person = g_strdup_printf("%s%s%s", families[any(G_N_ELEMENTS(families))],
		                                          given[any(G_N_ELEMENTS(given))],
		                                          any(3) > 0 ? given[any(G_N_ELEMENTS(given))] : "");
		/* One item is half of all. */
		const char *item = items[any(2) == 0 ? 0 : any(G_N_ELEMENTS(items))];
		zhen_value args[] = { zhen_from_text(number), zhen_from_text(item), zhen_from_text(person),
			              zhen_from_text(village->parent->code), zhen_from_text(village->code) };

		if (!store_exec(conn, STORE_PLUGIN,
		                "INSERT INTO matter(number, item_name, applicant, township, village, state, filler) "
		                "VALUES($1, $2, $3, $4, $5, 'review', '')",
		                args, G_N_ELEMENTS(args), NULL, error))
			return FALSE;
	}
	return TRUE;
}

static void die(GError *error)
{
	fprintf(stderr, "search_bench: %s\n", error != NULL ? error->message : "?");
	exit(2);
}

#define LIST                                                                                                           \
	"SELECT id, number, item_name, village, township, applicant, state FROM matter WHERE {{search matters $1 in "  \
	"id number item_name "                                                                                         \
	"applicant village township}} AND ($2 = '' OR state = $2) AND {{scope village township}} {{page id DESC}}"

static guint ask(StoreHost *host, Store *store, const char *query, const Division *at)
{
	const Scope scope = { .all = at == NULL, .division = at };
	const Page page = { .limit = 50 };
	const WordsContext words = { .scope = &scope, .page = &page };
	zhen_value args[] = { zhen_from_text(query), zhen_from_text("") };
	GError *error = NULL;
	StoreConn *conn = store_read(store, 0, &error);
	StoreStmt *stmt = conn == NULL ? NULL : store_prepare(conn, STORE_PLUGIN, LIST, &words, args, 2, &error);
	guint rows = 0;

	if (stmt == NULL)
		die(error);
	while (store_step(stmt, &error) == STORE_ROW)
		rows++;
	store_reset(stmt);
	store_read_done(host, 0);
	if (error != NULL)
		die(error);
	return rows;
}

/* Of this thread: what else the machine does is not ours. */
static gint64 cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int order(gconstpointer a, gconstpointer b)
{
	const gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;

	return x < y ? -1 : x > y;
}

typedef const char *Question(guint round);

static const char *two_characters(guint round)
{
	static char text[32];

	if (round % 3 == 0)
		g_snprintf(text, sizeof text, "%s%s", families[any(20)], given[any(24)]);
	else if (round % 3 == 1)
		g_snprintf(text, sizeof text, "%s%s", given[any(24)], given[any(24)]);
	else
		return (const char *const[]){ "宅基", "低生", "救助", "林木", "审批", "申请", "采伐", "土地" }[any(8)];
	return text;
}

static const char *most_frequent(guint round)
{
	(void)round;
	return "宅基";
}

static const char *no_hit(guint round)
{
	return round % 2 == 0 ? "鼋鼍" : "批农";
}

static const char *one_character(guint round)
{
	(void)round;
	return families[any(20)];
}

static const char *whole_number(guint round)
{
	static char text[32];

	(void)round;
	g_snprintf(text, sizeof text, "%.9s-2026-%05u", towns[any(TOWNS)].code, any(100000));
	return text;
}

static const char *beginning(guint round)
{
	static char text[32];

	(void)round;
	g_snprintf(text, sizeof text, "%04u", any(10000));
	return text;
}

static const char *two_words(guint round)
{
	static char text[64];

	(void)round;
	g_snprintf(text, sizeof text, "%s%s 宅基地", families[any(20)], given[any(24)]);
	return text;
}

static const char *six_characters(guint round)
{
	(void)round;
	return "村宅基地审批";
}

static const char *place_and_name(guint round)
{
	static char text[64];

	(void)round;
	g_snprintf(text, sizeof text, "%s %s%s", towns[any(TOWNS)].name, families[any(20)], given[any(24)]);
	return text;
}

static const struct {
	const char *name;
	Question *ask;
} questions[] = {
	{ "two characters", two_characters }, { "the most frequent two", most_frequent },
	{ "two that nobody has", no_hit },    { "one character", one_character },
	{ "a whole number", whole_number },   { "the beginning of a number", beginning },
	{ "name and item", two_words },       { "six characters", six_characters },
	{ "place and name", place_and_name },
};

static void measure(StoreHost *host, Store *store, const char *caller, const Division *at)
{
	for (gsize q = 0; q < G_N_ELEMENTS(questions); q++) {
		gint64 times[ROUNDS], cpu[ROUNDS];
		guint64 rows = 0;

		for (guint i = 0; i < ROUNDS; i++) {
			const char *text = questions[q].ask(i);
			const gint64 from = g_get_monotonic_time(), cpu_from = cpu_us();

			rows += ask(host, store, text, at);
			cpu[i] = cpu_us() - cpu_from;
			times[i] = g_get_monotonic_time() - from;
		}
		qsort(times, ROUNDS, sizeof *times, order);
		qsort(cpu, ROUNDS, sizeof *cpu, order);
		printf("{\"question\": \"%s\", \"caller\": \"%s\", \"p50_us\": %d, \"p99_us\": %d, \"cpu_p99_us\": %d, "
		       "\"rows\": %.1f}\n",
		       questions[q].name, caller, (int)times[ROUNDS / 2], (int)times[ROUNDS * 99 / 100],
		       (int)cpu[ROUNDS * 99 / 100], (double)rows / ROUNDS);
	}
}

static void said(const char *what, gint64 from, guint rows)
{
	const double seconds = (double)(g_get_monotonic_time() - from) / G_USEC_PER_SEC;

	printf("{\"work\": \"%s\", \"seconds\": %.2f, \"rows\": %u}\n", what, seconds, rows);
}

/* The same rows where nothing is declared: what keeping the index costs. */
static void fill_plain(StoreHost *host, const char *dir, guint rows)
{
	g_autofree char *folder = g_build_filename(dir, "plain", NULL);
	GError *error = NULL;
	Store *store = store_open(host, &(StoreOptions){ .dir = folder, .name = "plain" }, &error);
	gint64 from;
	guint next = 0;

	if (store == NULL || !store_migrate(store, migrations, sizeof *migrations, NULL, &error))
		die(error);
	from = g_get_monotonic_time();
	while (next < rows)
		if (!store_write_now(store, fill, &next, &error))
			die(error);
	said("filling, without an index", from, rows);
	store_close(store);
}

static gboolean nothing(StoreConn *conn, void *data, GError **error)
{
	return store_exec(conn, STORE_HOST, "SELECT low = -9223372036854775807 - 1 FROM _search", NULL, 0, data, error);
}

static void rebuild(Store *store, guint rows)
{
	GError *error = NULL;
	gint64 from, whole = 0, slowest = 0;

	if (!store_search(store, NULL, 0, &error))
		die(error);
	from = g_get_monotonic_time();
	if (!store_search(store, searches, 1, &error))
		die(error);
	while (!whole) {
		const gint64 before = g_get_monotonic_time();

		if (!store_write_now(store, nothing, &whole, &error))
			die(error);
		slowest = MAX(slowest, g_get_monotonic_time() - before);
	}
	said("building the index anew", from, rows);
	printf("{\"work\": \"the longest that a write waited for that\", \"seconds\": %.3f, \"rows\": 1}\n",
	       (double)slowest / G_USEC_PER_SEC);
}

int main(int argc, char **argv)
{
	const guint rows = argc > 2 ? (guint)atoi(argv[2]) : 100000;
	GError *error = NULL;
	guint next = 0;
	StoreHost *host = argc > 1 ? store_host_new(&(StoreHostOptions){ .readers = 1 }, &error) : NULL;
	Store *store =
		host == NULL ? NULL : store_open(host, &(StoreOptions){ .dir = argv[1], .name = "search" }, &error);
	gint64 from;

	if (store == NULL)
		die(error);
	plant();
	if (!store_migrate(store, migrations, sizeof *migrations, NULL, &error) ||
	    !store_search(store, searches, 1, &error))
		die(error);
	fill_plain(host, argv[1], rows);
	from = g_get_monotonic_time();
	while (next < rows)
		if (!store_write_now(store, fill, &next, &error))
			die(error);
	said("filling, with the index", from, rows);
	measure(host, store, "all", NULL);
	measure(host, store, "prefecture", &prefecture);
	measure(host, store, "county", &counties[3]);
	measure(host, store, "township", &towns[50]);
	measure(host, store, "village", &villages[700]);
	rebuild(store, rows);
	measure(host, store, "village, rebuilt", &villages[700]);
	measure(host, store, "county, rebuilt", &counties[3]);
	from = g_get_monotonic_time();
	if (!store_forget(store, 10000, &error))
		die(error);
	said("forgetting", from, rows);
	store_close(store);
	store_host_free(host);
	return 0;
}
