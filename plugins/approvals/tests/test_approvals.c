/* SPDX-License-Identifier: Apache-2.0
 * The life of one homestead application, as a villager, a window, three offices and a passer-by see it. */
#include "world.h"

/* The PDF of a document, as its holder downloads it. */
static GBytes *download(World *world, const char *number, const char *code)
{
	g_autofree char *escaped = escape(number);
	g_autofree char *path = g_strdup_printf("/documents/%s?code=%s", escaped, code);
	size_t length = 0;

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, path);
	const void *bytes = zhen_test_blob(world->test, &length);
	cr_assert(bytes != NULL && length > 1000);
	return g_bytes_new(bytes, length);
}

static void track(World *world)
{
	g_autofree char *json = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"}", world->number, world->code);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "POST", "/track", json), 200, "track");
}

/* Code of the n-th document that the resident sees. */
static char *document_code(World *world, const char *number)
{
	track(world);
	for (int i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("documents.%d.number", i);
		g_autofree char *code = g_strdup_printf("documents.%d.code", i);

		if (strcmp(value(world, name), number) == 0)
			return g_strdup(value(world, code));
	}
	cr_assert_fail("no document %s", number);
	return NULL;
}

static int32_t check_file(World *world, const char *number, const char *code, GBytes *bytes)
{
	const char *digest = zhen_test_upload(world->test, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
	g_autofree char *json =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", \"file\": \"%s\"}", number, code, digest);

	as_resident(world);
	return zhen_test_call(world->test, "POST", "/verify", json);
}

static void verify_page(World *world, const char *number, const char *code)
{
	g_autofree char *escaped = escape(number);
	g_autofree char *path = g_strdup_printf("/verify?number=%s&code=%s", escaped, code);

	as_resident(world);
	expect_done(world, zhen_test_call(world->test, "GET", path, NULL), 200, path);
}

static char *text_of(GBytes *pdf)
{
	g_autofree char *path = NULL, *quoted = NULL, *command = NULL;
	char *text = NULL;
	int file = g_file_open_tmp("zhen-XXXXXX.pdf", &path, NULL);
	int status;

	cr_assert(file >= 0);
	g_close(file, NULL);
	g_file_set_contents(path, g_bytes_get_data(pdf, NULL), (gssize)g_bytes_get_size(pdf), NULL);
	quoted = g_shell_quote(path);
	command = g_strdup_printf("pdftotext -layout %s -", quoted);
	cr_assert(g_spawn_command_line_sync(command, &text, NULL, &status, NULL) && status == 0, "pdftotext");
	g_unlink(path);
	/* Without the ends of lines: a word may stand on two. */
	char *to = text;
	for (const char *from = text; *from != '\0'; from++)
		if (!g_ascii_isspace(*from))
			*to++ = *from;
	*to = '\0';
	return text;
}

Test(life, from_one_written_application_to_a_document_anyone_can_verify)
{
	World world = world_at("2026-09-18");

	/* One form, and the answer is a number, a code and a ticket for the papers. */
	file_one(&world, 1);
	cr_expect_str_eq(world.number, "532327101-2026-00001");
	cr_expect_eq(strlen(world.code), 10);
	cr_expect(value(&world, "ticket")[0] != '\0');

	/* The window accepts with a numbered, dated receipt; due on the tenth working day. */
	to_review(&world);
	cr_expect_str_eq(value(&world, "document"), "永政审受〔2026〕1号");
	cr_expect_str_eq(value(&world, "due_on"), "2026-10-09");
	keeper_seals(&world);
	track(&world);
	cr_expect_str_eq(value(&world, "state"), "review");
	cr_expect_str_eq(value(&world, "accepted_on"), "2026-09-18");
	cr_expect_str_eq(value(&world, "contact"), "测试人员");
	cr_expect_str_eq(value(&world, "phases.0.phase"), "受理");
	cr_expect_str_eq(value(&world, "phases.1.phase"), "审核");
	cr_expect_str_eq(value(&world, "phases.2.phase"), "决定");
	cr_expect_str_eq(value(&world, "phases.3.phase"), "");

	g_autofree char *receipt_code = document_code(&world, "永政审受〔2026〕1号");
	g_autoptr(GBytes) receipt = download(&world, "永政审受〔2026〕1号", receipt_code);
	g_autofree char *receipt_text = text_of(receipt);
	cr_expect_not_null(strstr(receipt_text, world.code), "the receipt prints the query code: %s", receipt_text);
	cr_expect_not_null(strstr(receipt_text, world.number));

	/* Four steps by the right bodies, then the certificate. */
	to_approved(&world);
	cr_expect_str_eq(value(&world, "state"), "approved");
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	cr_expect_str_eq(value(&world, "document"), "永政审〔2026〕1号");
	zhen_test_run_jobs(world.test);

	g_autofree char *code = document_code(&world, "永政审〔2026〕1号");
	cr_expect_str_eq(value(&world, "state"), "issued");
	g_autoptr(GBytes) decision = download(&world, "永政审〔2026〕1号", code);
	g_autofree char *text = text_of(decision);
	static const char *const printed[] = { "永政审〔2026〕1号", "李阿福", "宅基地审批", "规划审批", "公示", "办证", "王农业",
		                               "赵核查", "2026年9月20日", "2026年9月24日", "测试人员", "农宅字532327101〔2026〕1号",
		                               "乡字第532327101202600001号", "第六十二条", "120.00", "行政复议" };
	for (size_t i = 0; i < G_N_ELEMENTS(printed); i++)
		cr_expect_not_null(strstr(text, printed[i]), "%s is not in\n%s", printed[i], text);

	/* Who took it in stands there as those of the other steps do; where it is, with the township. */
	cr_expect_str_eq(zhen_test_sql(world.test, "SELECT COUNT(*) FROM document WHERE kind = 'decision' AND "
	                                           "content LIKE '%予以受理\",\"names\":\"测试人员\"%' AND content LIKE '%\"永定镇小汉坝社区居民委员会三组大坪子%'"),
	                 "1", "%s", zhen_test_sql(world.test, "SELECT content FROM document WHERE kind = 'decision'"));

	/* Whoever holds it can check it. */
	verify_page(&world, "永政审〔2026〕1号", code);
	cr_expect_str_eq(value(&world, "result"), "valid");
	cr_expect_str_eq(value(&world, "issuer"), "永仁县永定镇人民政府");
	expect_done(&world, check_file(&world, "永政审〔2026〕1号", code, decision), 200, "the file itself");

	static const char *const told[] = { "approvals.case.filed", "approvals.case.accepted", "approvals.case.step_decided",
		                            "approvals.case.decided", "approvals.case.issued" };
	static const int times[] = { 1, 1, 4, 1, 1 };
	for (size_t i = 0; i < G_N_ELEMENTS(told); i++)
		cr_expect_eq(events(&world, told[i]), times[i], "%s: %d", told[i], events(&world, told[i]));
	cr_expect_eq(events(&world, "approvals.case.overdue"), 0);
	world_clear(&world);
}

Test(life, a_changed_a_foreign_and_a_withdrawn_document_are_refused_differently)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_issued(&world);
	g_autofree char *number = document(&world, "decision"), *receipt_number = document(&world, "receipt");
	g_autofree char *code = document_code(&world, number), *receipt_code = document_code(&world, receipt_number);
	g_autoptr(GBytes) decision = download(&world, number, code);
	g_autoptr(GBytes) receipt = download(&world, receipt_number, receipt_code);

	size_t length;
	g_autofree char *copy = g_memdup2(g_bytes_get_data(decision, &length), g_bytes_get_size(decision));
	copy[length / 2] ^= 1;
	g_autoptr(GBytes) changed = g_bytes_new(copy, length);
	cr_expect(is_refused(&world, check_file(&world, number, code, changed), 409, "document-changed"));
	cr_expect(is_refused(&world, check_file(&world, number, code, receipt), 409, "document-of-another"));
	cr_expect(is_refused(&world, check_file(&world, number, receipt_code, decision), 404, "not-found"));

	as_government(&world);
	expect_done(&world,
	            act(&world, "ending/tell",
	                "{\"kind\": \"revoke\", \"ground\": \"by_deceit\", \"explanation\": \"隐瞒已有宅基地\"}"),
	            200, "told");
	as_window(&world);
	expect_done(&world, act(&world, "ending/statement", "{\"statement\": \"没有意见\"}"), 200, "stated");
	as_government(&world);
	expect_done(&world, act(&world, "withdraw", "{\"explanation\": \"隐瞒已有宅基地\"}"), 200, "withdraw");
	keeper_seals(&world);
	cr_expect(is_refused(&world, check_file(&world, number, code, decision), 410, "document-withdrawn"));
	verify_page(&world, number, code);
	cr_expect_str_eq(value(&world, "result"), "withdrawn");
	verify_page(&world, number, "AAAAAAAAAA");
	cr_expect_str_eq(value(&world, "result"), "unknown");
	cr_expect_eq(events(&world, "approvals.case.withdrawn"), 1);
	world_clear(&world);
}

Test(life, a_document_is_not_served_before_it_is_issued)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	to_approved(&world);
	as_keeper(&world);
	expect_done(&world, act(&world, "issue", NULL), 200, "issue");
	g_autofree char *number = document(&world, "decision"), *escaped = escape(number);
	g_autofree char *path = g_strdup_printf("/documents/%s", escaped);
	as_window(&world);
	cr_expect(is_refused(&world, zhen_test_call(world.test, "GET", path, NULL), 404, "not-issued"));
	zhen_test_run_jobs(world.test);
	cr_expect_eq(zhen_test_call(world.test, "GET", path, NULL), 200);
	as_other_township(&world);
	cr_expect_eq(zhen_test_call(world.test, "GET", path, NULL), 404);
	as_resident(&world);
	cr_expect_eq(zhen_test_call(world.test, "GET", path, NULL), 404);
	as_window(&world);
	cr_expect_eq(zhen_test_call(world.test, "GET", "/documents/nothing", NULL), 404);
	world_clear(&world);
}

Test(life, a_wrong_code_and_a_wrong_number_look_alike)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	g_autofree char *wrong_code = g_strdup_printf("{\"number\": \"%s\", \"code\": \"AAAAAAAAAA\"}", world.number);
	g_autofree char *wrong_number =
		g_strdup_printf("{\"number\": \"532327101-2026-09999\", \"code\": \"%s\"}", world.code);
	cr_expect_eq(zhen_test_call(world.test, "POST", "/track", wrong_code), 404);
	g_autofree char *first = g_strdup(zhen_test_body(world.test));
	cr_expect_eq(zhen_test_call(world.test, "POST", "/track", wrong_number), 404);
	cr_expect_str_eq(first, zhen_test_body(world.test));

	/* As people type it. */
	g_autofree char *lower = g_ascii_strdown(world.code, -1);
	g_autofree char *typed =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%.5s %s\"}", world.number, lower, lower + 5);
	cr_expect_eq(zhen_test_call(world.test, "POST", "/track", typed), 200);
	world_clear(&world);
}

/* Whether the page of its progress offers the act, with the number filled in. */
static bool offers(World *world, const char *act)
{
	track(world);
	for (int i = 0; i < 10; i++) {
		g_autofree char *path = g_strdup_printf("actions.%d.path", i);
		g_autofree char *number = g_strdup_printf("actions.%d.fields.number", i);

		if (strcmp(value(world, path), act) == 0)
			return strcmp(value(world, number), world->number) == 0;
	}
	return false;
}

Test(life, what_came_is_signed_for_and_what_is_done_is_rated_from_the_page_of_its_progress)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	cr_expect(!offers(&world, "/track/rating") && !offers(&world, "/track/receipt"), "before it is done");
	to_issued(&world);
	cr_expect(offers(&world, "/track/rating") && !offers(&world, "/track/receipt"), "before it is delivered");
	zhen_test_as(world.test, "李窗口", "window-" TOWNSHIP, NULL, "*");
	expect_done(&world, act(&world, "deliver", "{\"method\": \"mail\", \"tracking\": \"EMS1\"}"), 200, "deliver");
	cr_expect(offers(&world, "/track/rating") && offers(&world, "/track/receipt"), "delivered");
	g_autofree char *mine = g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\"}", world.number, world.code);
	expect_done(&world, zhen_test_call(world.test, "POST", "/track/receipt", mine), 200, "receipt");
	cr_expect(offers(&world, "/track/rating") && !offers(&world, "/track/receipt"), "signed for");
	g_autofree char *rating =
		g_strdup_printf("{\"number\": \"%s\", \"code\": \"%s\", \"grade\": \"5\"}", world.number, world.code);
	expect_done(&world, zhen_test_call(world.test, "POST", "/track/rating", rating), 200, "rating");
	cr_expect(!offers(&world, "/track/rating") && !offers(&world, "/track/receipt"), "rated");
	world_clear(&world);
}

Test(life, codes_stand_nowhere_in_clear_and_persons_not_in_events)
{
	World world = world_at("2026-09-18");

	file_one(&world, 1);
	to_review(&world);
	for (uint32_t i = 0; zhen_test_event(world.test, i) != NULL; i++)
		cr_expect_null(strstr(zhen_test_event(world.test, i), "李阿福"), "%s", zhen_test_event(world.test, i));
	const char *seen = zhen_test_sql(world.test, "SELECT COUNT(*) FROM document WHERE content LIKE '%query_code%'");
	cr_expect_str_eq(seen, "1");
	g_autofree char *sql = g_strdup_printf(
		"SELECT (SELECT COUNT(*) FROM matter WHERE code_digest LIKE '%%%s%%' OR code_seed LIKE '%%%s%%') + "
		"(SELECT COUNT(*) FROM document WHERE content LIKE '%%%s%%') + (SELECT COUNT(*) FROM journal WHERE text LIKE '%%%s%%')",
		world.code, world.code, world.code, world.code);
	cr_expect_str_eq(zhen_test_sql(world.test, sql), "0");
	world_clear(&world);
}

Test(life, staff_see_their_township_and_names_masked_in_lists)
{
	World world = world_at("2026-09-18");
	g_autofree char *path = NULL;

	file_one(&world, 1);
	path = g_strdup_printf("/cases/%d", world.id);
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/cases", NULL), 200, "list");
	cr_expect_str_eq(value(&world, "items.0.number"), world.number);
	cr_expect_null(strstr(zhen_test_body(world.test), "李阿福"), "%s", zhen_test_body(world.test));
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "one");
	cr_expect_str_eq(value(&world, "applicant"), "李阿福");
	cr_expect_str_eq(value(&world, "members.1.name"), "李小红");
	cr_expect_str_eq(value(&world, "site_area"), "120.00");
	as_planning(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, "without the permission");
	cr_expect_null(strstr(zhen_test_body(world.test), "李小红"), "%s", zhen_test_body(world.test));

	as_other_township(&world);
	cr_expect_eq(zhen_test_call(world.test, "GET", path, NULL), 404);
	expect_done(&world, zhen_test_call(world.test, "GET", "/cases", NULL), 200, "other list");
	cr_expect_str_eq(value(&world, "items.0.number"), "");
	cr_expect(is_refused(&world, act(&world, "accept", NULL), 404, "not-found"));
	world_clear(&world);
}

Test(life, numbers_run_without_gaps_whatever_fails_between)
{
	World world = world_at("2026-09-18");
	static const char *const bad[] = { "commitment", "false", NULL };
	static const char *const wrong_sum[] = { "site_area", "\"121\"", NULL };

	for (int i = 1; i <= 3; i++) {
		g_autofree char *wanted = g_strdup_printf("532327101-2026-%05d", i);

		file_one(&world, i);
		cr_expect_str_eq(world.number, wanted);
		cr_expect_eq(file_with(&world, 10 + i, bad), 422);
		cr_expect_eq(file_with(&world, 20 + i, wrong_sum), 422);
		to_review(&world);
		g_autofree char *receipt = g_strdup_printf("永政审受〔2026〕%d号", i);
		cr_expect_str_eq(value(&world, "document"), receipt);
		cr_expect_eq(act(&world, "accept", NULL), 409);
	}
	turn_to(&world, "2027-01-04");
	file_one(&world, 9);
	cr_expect_str_eq(world.number, "532327101-2027-00001");
	world_clear(&world);
}

Test(life, the_guide_is_what_was_published_and_old_versions_stay)
{
	World world = world_at("2026-09-18");

	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items", NULL), 200, "items");
	cr_expect_str_eq(value(&world, "items.0.code"), "000115007000");
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/000115007000", NULL), 200, "guide");
	cr_expect_str_eq(value(&world, "guide.promised.days"), "10");
	cr_expect_str_eq(value(&world, "guide.fee.amount_fen"), "0");
	cr_expect_str_eq(value(&world, "guide.steps.3.title"), "办证");
	world_clear(&world);
}

/* The catalogue's item with one text replaced, as the field "content". */
static char *edited(const char *from, const char *to)
{
	g_autofree char *text = NULL, *inner = NULL;

	cr_assert(g_file_get_contents(SOURCE_DIR "/conf/data/approvals/items.json", &text, NULL, NULL));
	char *start = strstr(text, "\"items\": [") + strlen("\"items\": [");
	*strrchr(text, ']') = '\0';
	g_auto(GStrv) parts = g_strsplit(start, from, 2);
	cr_assert_not_null(parts[1], "%s", from);
	inner = g_strconcat(parts[0], to, parts[1], NULL);
	g_autoptr(GString) json = g_string_new("{\"content\": \"");
	for (const char *c = inner; *c != '\0'; c++)
		if (*c == '"')
			g_string_append(json, "\\\"");
		else if (*c == '\n')
			g_string_append(json, "\\n");
		else if (*c == '\t')
			g_string_append(json, " ");
		else
			g_string_append_c(json, *c);
	g_string_append(json, "\"}");
	return g_strdup(json->str);
}

Test(life, what_breaks_the_rules_of_the_guide_is_not_published)
{
	static const struct {
		const char *from, *to;
		int32_t status;
		const char *code;
	} rows[] = {
		{ "\"days\": 10, \"unit\": \"工作日\", \"basis\": \"楚雄州", "\"days\": 21, \"unit\": \"工作日\", \"basis\": \"楚雄州", 409,
		  "promise-too-long" },
		{ "\"days\": 10, \"unit\": \"工作日\", \"basis\": \"楚雄州", "\"days\": 9, \"unit\": \"工作日\", \"basis\": \"楚雄州", 409,
		  "steps-too-long" },
		{ "\"fee\": {", "\"no_fee\": {", 409, "guide-incomplete" },
		{ "户口簿和家庭成员身份证", "其他材料", 409, "material-vague" },
		{ "\"window_kind\": \"window\"", "\"window_kind\": \"planning\"", 409, "outside-centre" },
		{ "\"version\": 1", "\"version\": 1", 409, "version-not-newer" },
		{ "\"version\": 1", "\"version\": 2", 201, "000115007000" },
	};
	World world = world_at("2026-09-18");

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *json = edited(rows[i].from, rows[i].to);

		as_county_admin(&world);
		expect_done(&world, zhen_test_call(world.test, "POST", "/drafts", json), 201, "draft");
		g_autofree char *path = g_strdup_printf("/drafts/%d/publish", (int)zhen_test_int(world.test, "id"));
		as_publisher(&world);
		int32_t status = zhen_test_call(world.test, "POST", path, "{}");

		cr_expect(is_refused(&world, status, rows[i].status, rows[i].code), "%s: %d %s", rows[i].code, status,
		          zhen_test_body(world.test));
	}
	as_resident(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/000115007000?at=" TOWNSHIP, NULL), 200, "now");
	cr_expect_str_eq(value(&world, "version"), "2");
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/000115007000?version=1&at=" TOWNSHIP, NULL), 200,
	            "before");
	cr_expect_str_eq(value(&world, "version"), "1");
	world_clear(&world);
}

/* "乡（镇）人民政府" names nobody. */
Test(life, a_guide_on_paper_names_the_government_of_its_township_where_there_is_one)
{
	static const struct {
		const char *print, *get, *head, *body;
	} rows[] = {
		{ "{\"version\": 1}", "?version=1", "乡（镇）人民政府", "实施主体乡（镇）人民政府" },
		{ "{\"version\": 1, \"at\": \"" OTHER_TOWNSHIP "\"}", "?version=1&at=" OTHER_TOWNSHIP, "宜就镇便民服务中心",
		  "实施主体宜就镇人民政府" },
		/* Its own version, whoever asks and from wherever. */
		{ "{\"version\": 5}", "?version=5", "永定镇人民政府", "实施主体永定镇人民政府" },
	};
	g_autofree char *json = edited("\"version\": 1", "\"version\": 5");
	World world = world_at("2026-09-18");

	zhen_test_as(world.test, "镇里一人", "government-" TOWNSHIP, NULL, "approvals.publish");
	expect_done(&world, zhen_test_call(world.test, "POST", "/drafts", json), 201, "draft");
	zhen_test_as(world.test, "镇里另一人", "government-" TOWNSHIP, NULL, "approvals.publish");
	expect_done(&world, zhen_test_call(world.test, "POST", "/drafts/publish", "{}"), 201, "the township's own");
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/items/000115007000/guide", rows[i].get, NULL);
		size_t length = 0;

		as_resident(&world);
		expect_done(&world, zhen_test_call(world.test, "POST", "/items/000115007000/guide", rows[i].print), 200,
		            rows[i].print);
		expect_done(&world, zhen_test_call(world.test, "GET", path, NULL), 200, path);
		const void *bytes = zhen_test_blob(world.test, &length);
		g_autoptr(GBytes) pdf = g_bytes_new(bytes, length);
		g_autofree char *text = text_of(pdf);

		cr_expect(g_str_has_prefix(text, rows[i].head), "%s: %s", rows[i].print, text);
		cr_expect_not_null(strstr(text, rows[i].body), "%s: %s", rows[i].print, text);
	}
	as_window(&world);
	expect_done(&world, zhen_test_call(world.test, "GET", "/items/000115007000", NULL), 200,
	            "by the township's window");
	cr_expect_not_null(strstr(zhen_test_body(world.test), "/guide\",\"fields\":{\"at\":\"" TOWNSHIP "\"}"), "%s",
	                   zhen_test_body(world.test));
	world_clear(&world);
}
