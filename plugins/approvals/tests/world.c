/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#define DATA SOURCE_DIR "/conf/data/"

static char *read_file(const char *path)
{
	char *text = NULL;

	cr_assert(g_file_get_contents(path, &text, NULL, NULL), "%s", path);
	return text;
}

int64_t morning(const char *day)
{
	g_autofree char *text = g_strconcat(day, "T09:00:00+08:00", NULL);
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(text, NULL);

	cr_assert_not_null(time);
	return g_date_time_to_unix(time) * 1000;
}

World world_at(const char *day)
{
	return world_with(day, NULL, NULL);
}

World world_with(const char *day, const char *setting, const char *value)
{
	g_autofree char *catalogue = read_file(DATA "approvals/items.json");
	g_autofree char *items = read_file(DATA "approvals/items.csv");
	g_autofree char *calendar = read_file(DATA "calendar/national.csv");
	g_autofree char *series = read_file(DATA "approvals/series.csv");
	g_autofree char *names = read_file(DATA "approvals/short_names.csv");
	const char *settings[] = { "catalogue", catalogue, "items", items, "calendar", calendar, "series", series, "short_names", names, setting, value, NULL };
	zhen_test_options options = {
		.size = sizeof(options),
		.worker = IN_WORKER,
		.plugin = PLUGIN_PATH,
		.divisions = DATA "divisions/chuxiong-532300.csv",
		.bodies = DATA "bodies.csv",
		.settings = settings,
		.now = morning(day),
	};
	World world = { .test = zhen_test_new(&options) };

	cr_assert_not_null(world.test, "%s", zhen_test_error(NULL));
	zhen_test_account(world.test, "21", "王农业", "agriculture-" TOWNSHIP, "approvals.read approvals.review");
	zhen_test_account(world.test, "22", "赵核查", "planning-" TOWNSHIP, "approvals.read approvals.plan");
	register_seal(&world, TOWNSHIP);
	return world;
}

void register_seal(World *world, const char *township)
{
	g_autofree char *body = g_strconcat("government-", township, NULL);
	g_autofree char *json = g_strdup_printf("{\"division\": \"%s\", \"keeper\": \"" KEEPER "\"}", township);

	zhen_test_account(world->test, KEEPER, "吴掌印", body, "approvals.read approvals.issue");
	zhen_test_as(world->test, "镇长", body, NULL, "approvals.read approvals.posts");
	expect_done(world, zhen_test_call(world->test, "POST", "/seals", json), 201, "seal");
}

void as_keeper(World *world)
{
	zhen_test_as(world->test, KEEPER, "government-" TOWNSHIP, NULL, "approvals.read approvals.issue");
}

void keeper_seals(World *world)
{
	zhen_test_run_jobs(world->test);
	for (;;) {
		const char *id = zhen_test_sql(
			world->test, "SELECT MIN(id) FROM sealing WHERE document > 0 AND confirmed_at = 0 AND dropped_at = 0");
		g_autofree char *path = id != NULL && id[0] != '\0' ? g_strdup_printf("/sealings/%s/confirm", id) : NULL;

		if (path == NULL)
			return;
		as_keeper(world);
		expect_done(world, zhen_test_call(world->test, "POST", path, "{}"), 200, "sealing");
		zhen_test_run_jobs(world->test);
	}
}

void world_clear(World *world)
{
	zhen_test_free(world->test);
	g_free(world->number);
	g_free(world->code);
}

void turn_to(World *world, const char *day)
{
	zhen_test_turn_to(world->test, morning(day));
	zhen_test_run_jobs(world->test);
}

void as_window(World *world)
{
	zhen_test_as(world->test, "李窗口", "window-" TOWNSHIP, NULL,
	             "approvals.read approvals.personal approvals.accept");
}

void as_agriculture(World *world)
{
	zhen_test_as(world->test, "王农业", "agriculture-" TOWNSHIP, NULL,
	             "approvals.read approvals.review approvals.suspend");
}

void as_planning(World *world)
{
	zhen_test_as(world->test, "钱规划", "planning-" TOWNSHIP, NULL,
	             "approvals.read approvals.plan approvals.suspend");
}

void as_government(World *world)
{
	zhen_test_as(world->test, "周镇长", "government-" TOWNSHIP, NULL,
	             "approvals.read approvals.decide approvals.issue approvals.extend approvals.withdraw");
}

void as_other_township(World *world)
{
	zhen_test_as(world->test, "外镇", "window-" OTHER_TOWNSHIP, NULL, "*");
}

void as_county_admin(World *world)
{
	zhen_test_as(world->test, "县管理员", "county-service-532327000000", NULL,
	             "approvals.read approvals.publish approvals.calendar");
}

void as_resident(World *world)
{
	zhen_test_anonymous(world->test);
}

char *id_card(int n)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	char *text = g_strdup_printf("53232719800101%03dX", n % 1000);
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += weight[i] * (text[i] - '0');
	text[17] = "10X98765432"[sum % 11];
	return text;
}

char *application(int n, const char *const *changes)
{
	g_autofree char *own = id_card(2 * n), *other = id_card(2 * n + 1);
	g_autoptr(GHashTable) fields = g_hash_table_new(g_str_hash, g_str_equal);
	g_autofree char *quoted = g_strdup_printf("\"%s\"", own);
	g_autofree char *members =
		g_strdup_printf("[{\"name\": \"李小红\", \"id_card\": \"%s\", \"relation\": \"配偶\"}]", other);
	const char *usual[] = {
		"village", "\"" VILLAGE "\"", "applicant", "\"李阿福\"", "id_card", quoted, "phone", "\"13987654321\"",
		"members", members, "reason", "\"split\"", "old_area", "\"0\"", "old_disposal", "\"none\"", "site_area",
		"\"120\"", "house_area", "\"90.5\"", "ancillary_area", "\"9.5\"", "courtyard_area", "\"20.00\"", "address",
		"\"三组大坪子\"", "east", "\"村道\"", "south", "\"李家宅\"", "west", "\"菜地\"", "north", "\"水沟\"", "land",
		"\"construction\"", "floor_area", "\"180\"", "storeys", "2", "height", "\"7.2\"", "neighbours_consulted", "true",
		"group_opinion", "\"同意\"", "village_opinion", "\"经讨论通过并公示，同意上报\"", "commitment", "true", NULL
	};
	GString *json = g_string_new("{");
	GHashTableIter iter;
	gpointer name, text;

	for (int i = 0; usual[i] != NULL; i += 2)
		g_hash_table_insert(fields, (gpointer)usual[i], (gpointer)usual[i + 1]);
	for (int i = 0; changes != NULL && changes[i] != NULL; i += 2)
		g_hash_table_insert(fields, (gpointer)changes[i], (gpointer)changes[i + 1]);
	g_hash_table_iter_init(&iter, fields);
	while (g_hash_table_iter_next(&iter, &name, &text))
		g_string_append_printf(json, "%s\"%s\": %s", json->len > 1 ? ", " : "", (char *)name, (char *)text);
	g_string_append_c(json, '}');
	return g_string_free(json, FALSE);
}

int32_t file_with(World *world, int n, const char *const *changes)
{
	g_autofree char *json = application(n, changes);

	as_resident(world);
	return zhen_test_call(world->test, "POST", "/applications", json);
}

void file_one(World *world, int n)
{
	expect_done(world, file_with(world, n, NULL), 201, "filing");
	g_free(world->number);
	g_free(world->code);
	world->number = g_strdup(value(world, "number"));
	world->code = g_strdup(value(world, "code"));
	world->id = (int)zhen_test_int(world->test, "id");
}

int32_t act(World *world, const char *name, const char *json)
{
	g_autofree char *path = g_strdup_printf("/cases/%d/%s", world->id, name);

	/* Who is accepted has brought on paper what there is to bring, and the rest is at hand. */
	if (json == NULL)
		json = strcmp(name, "accept") == 0 ? "{\"papers\": true, \"obtained\": true, \"obtained_from\": \"省数据共享交换平台\"}" : "{}";
	/* Who seals has seen the draft. */
	g_autofree char *state = column(world, "state");
	if (strcmp(name, "issue") == 0 && strcmp(state, "approved") == 0)
		zhen_test_run_jobs(world->test);
	return zhen_test_call(world->test, "POST", path, json);
}

int32_t step(World *world, const char *name, const char *json)
{
	g_autofree char *path = g_strconcat("steps/", name, NULL);

	return act(world, path, json);
}

void expect_done(World *world, int32_t status, int32_t wanted, const char *what)
{
	cr_assert_eq(status, wanted, "%s: %d %s", what, status, zhen_test_body(world->test));
}

void to_review(World *world)
{
	as_window(world);
	expect_done(world, act(world, "accept", NULL), 200, "accept");
}

void to_approved(World *world)
{
	turn_to(world, "2026-09-21");
	as_agriculture(world);
	expect_done(world, step(world, "homestead",
	                        "{\"decision\": \"approve\", \"opinion\": \"符合一户一宅\", \"checker\": \"21\", "
	                        "\"second_checker\": \"22\", \"checked_on\": \"2026-09-20\"}"), 200, "homestead");
	as_planning(world);
	expect_done(world, step(world, "planning", "{\"decision\": \"approve\", \"opinion\": \"符合村庄规划\"}"), 200,
	            "planning");
	as_agriculture(world);
	expect_done(world, act(world, "publicity",
	                       "{\"act\": \"start\", \"start_on\": \"2026-09-21\", \"end_on\": \"2026-09-23\", "
	                       "\"place\": \"村务公开栏\"}"), 200, "publicity");
	turn_to(world, "2026-09-24");
	expect_done(world, act(world, "publicity", "{\"act\": \"end\", \"objections\": 0, \"note\": \"无异议\"}"), 200,
	            "end");
	expect_done(world, step(world, "publicity", "{\"decision\": \"approve\", \"opinion\": \"公示无异议\"}"), 200,
	            "publicity");
	as_government(world);
	expect_done(world, step(world, "certificate", "{\"decision\": \"approve\", \"opinion\": \"准予\"}"), 200,
	            "certificate");
}

void to_issued(World *world)
{
	to_review(world);
	to_approved(world);
	as_keeper(world);
	expect_done(world, act(world, "issue", NULL), 200, "issue");
	keeper_seals(world);
}

const char *value(World *world, const char *path)
{
	const char *text = zhen_test_value(world->test, path);

	return text != NULL ? text : "";
}

bool is_refused(World *world, int32_t status, int32_t wanted, const char *code)
{
	return status == wanted && strcmp(value(world, "code"), code) == 0;
}

int events(World *world, const char *topic)
{
	g_autofree char *wanted = g_strdup_printf("\"%s\"", topic);
	int n = 0;

	for (uint32_t i = 0; zhen_test_event(world->test, i) != NULL; i++)
		n += strstr(zhen_test_event(world->test, i), wanted) != NULL;
	return n;
}

char *document(World *world, const char *kind)
{
	g_autofree char *sql = g_strdup_printf(
		"SELECT number FROM document WHERE matter = %d AND kind = '%s' ORDER BY id DESC", world->id, kind);
	const char *number = zhen_test_sql(world->test, sql);

	return g_strdup(number != NULL ? number : "");
}

char *column(World *world, const char *name)
{
	g_autofree char *sql = g_strdup_printf("SELECT %s FROM matter WHERE id = %d", name, world->id);
	const char *text = zhen_test_sql(world->test, sql);

	return g_strdup(text != NULL ? text : "");
}

char *escape(const char *text)
{
	return g_uri_escape_string(text, NULL, FALSE);
}

void as_publisher(World *world)
{
	zhen_test_as(world->test, "发布人", "county-staffing-532327000000", NULL, "approvals.publish");
}

int32_t import_items(World *world, const char *json)
{
	as_county_admin(world);
	int32_t status = zhen_test_call(world->test, "POST", "/imports", json);

	if (status != 201 || zhen_test_int(world->test, "changed") == 0)
		return status;
	as_publisher(world);
	return zhen_test_call(world->test, "POST", "/drafts/publish", "{}");
}

int32_t ask_through(World *world, const char *code, const char *more)
{
	g_autofree char *own = id_card(7);
	g_autofree char *path = g_strdup_printf("/items/%s/apply", code);
	g_autofree char *json = g_strdup_printf("{\"village\": \"" VILLAGE "\", \"applicant\": \"张三\", \"id_card\": \"%s\", "
	                                        "\"phone\": \"13987654321\", \"content\": \"申请\"%s}", own, more);

	return zhen_test_call(world->test, "POST", path, json);
}
