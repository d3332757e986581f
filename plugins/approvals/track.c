/* SPDX-License-Identifier: Apache-2.0
 * What the resident sees and does with number and query code: three phases, one contact, why it waits. */
#include "checklist.h"
#include "items.h"
#include "licence.h"

static const char *why_it_waits(enum state state)
{
	static const char *const texts[N_STATES] = {
		[STATE_FILED] = "便民服务中心正在查看申请材料",
		[STATE_SUPPLEMENTING] = "等待您补正材料，需要补正的内容见告知书",
		[STATE_REVIEW] = "正在审核",
		[STATE_SUSPENDED] = "正在进行依法不计入期限的程序，见告知书",
		[STATE_REFUSING] = "审核意见为不予许可，等待负责人决定",
		[STATE_APPROVED] = "已经批准，等待制证",
		[STATE_ISSUING] = "正在制作决定书",
	};

	return or_empty(texts[state]);
}

static const char *contact_of(zhen_call *call, const struct matter *matter)
{
	return or_empty(
		zhen_column_text(zhen_one(call, "SELECT contact FROM matter WHERE id = $1", matter->id), "contact"));
}

/* One named person per phase (B05): who did its last step, else who answers for the body whose step it is. */
static const char *person_of_phase(zhen_call *call, const struct matter *matter, const char *phase)
{
	const zhen_row *row = zhen_one(call,
	                               "SELECT person, body FROM matter_step WHERE matter = $1 AND phase = $2 "
	                               "ORDER BY CASE state WHEN 'current' THEN 0 WHEN 'done' THEN 1 ELSE 2 END, seq DESC LIMIT 1",
	                               matter->id, phase);
	const char *person = or_empty(zhen_column_text(row, "person"));

	return person[0] != '\0' ? person : officer_of(call, or_empty(zhen_column_text(row, "body")));
}

static void show_phases(zhen_call *call, const struct matter *matter)
{
	bool accepted = matter->accepted_at != 0, first = true;

	zhen_open_list(call, "phases");
	zhen_open_object(call, NULL);
	zhen_put(call, "phase", "受理");
	zhen_put(call, "state", accepted ? "done" : "current");
	zhen_put(call, "person", accepted ? contact_of(call, matter) : officer_of(call, matter->window));
	zhen_put(call, "done_on", zhen_date_of_ms(call, matter->accepted_at));
	zhen_close(call);
	/* The internal steps of a phase stay inside: it is done when none of them is open. */
	ZHEN_FOR_EACH(call, row,
	              "SELECT phase, COUNT(*) AS steps, SUM(CASE WHEN state = 'done' THEN 1 ELSE 0 END) AS done, "
	              "MAX(done_at) AS done_at FROM matter_step WHERE matter = $1 GROUP BY phase ORDER BY MIN(seq)",
	              matter->id) {
		bool done = zhen_column_int(row, "steps") == zhen_column_int(row, "done");

		zhen_open_object(call, NULL);
		zhen_put(call, "phase", zhen_column_text(row, "phase"));
		zhen_put(call, "state", done ? "done" : first ? "current" : "pending");
		zhen_put(call, "person", person_of_phase(call, matter, or_empty(zhen_column_text(row, "phase"))));
		zhen_put(call, "done_on", done ? zhen_date_of_ms(call, zhen_column_int(row, "done_at")) : "");
		zhen_close(call);
		first = first && done;
	}
	/* Before acceptance: what will come. */
	if (!accepted)
		ZHEN_FOR_EACH(call, row, "SELECT phase FROM item_step WHERE item = $1 GROUP BY phase ORDER BY MIN(seq)",
		              matter->item) {
			zhen_open_object(call, NULL);
			zhen_put(call, "phase", zhen_column_text(row, "phase"));
			zhen_put(call, "state", "pending");
			zhen_put(call, "done_on", "");
			zhen_close(call);
		}
	zhen_close(call);
}

/* Whether what the state allows is still open: one matter is rated once, and signed for once it was handed out. */
static bool is_open(zhen_call *call, const struct matter *matter, enum act act)
{
	if (act == ACT_RATE)
		return zhen_rating_of(call, matter->id) == 0;
	if (act == ACT_RECEIVE)
		return delivery_waits_for_receipt(call, matter);
	if (act == ACT_END_STATE)
		return ending_waits_for_statement(call, matter->id);
	return true;
}

/* What adds materials goes on without the code; for the rest it is asked for again, so that it stands in no address. */
void track_actions(zhen_call *call, const struct matter *matter, const char *ticket)
{
	static const struct {
		enum act act;
		const char *title, *path;
		bool passes; /* with the pass */
	} acts[] = { { ACT_SUPPLY, "补正材料", "/track/supplement", true }, { ACT_ATTACH, "提交其他材料", "/track/materials", true },
		    { ACT_MAKE_GOOD, "补交材料", "/track/lacking", true }, { ACT_RETRACT, "撤回申请", "/track/retract", false },
		    { ACT_END_STATE, "陈述、申辩", "/track/statement", false },
		    { ACT_RECEIVE, "签收", "/track/receipt", false }, { ACT_RATE, "评价", "/track/rating", false } };
	const char *state = approval_process.states[matter->state].name;
	struct checklist list = checklist_of(call, matter);

	zhen_open_list(call, "actions");
	if (matter_allows(state, ACT_ATTACH))
		checklist_uploads(call, matter, ticket);
	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		const char *wanted = acts[i].act == ACT_MAKE_GOOD ? checklist_later(&list) : "";

		if (!matter_allows(state, acts[i].act) || (acts[i].act == ACT_MAKE_GOOD && wanted[0] == '\0') ||
		    !is_open(call, matter, acts[i].act))
			continue;
		zhen_open_object(call, NULL);
		zhen_put(call, "title", acts[i].title);
		zhen_put(call, "method", "POST");
		zhen_put(call, "path", acts[i].path);
		zhen_open_object(call, "fields");
		zhen_put(call, "number", matter->number);
		if (acts[i].passes) {
			zhen_put(call, "ticket", ticket);
			zhen_put(call, "pass", matter_pass(call, matter->number));
		}
		if (wanted[0] != '\0')
			zhen_put(call, "material", wanted);
		zhen_close(call);
		zhen_close(call);
	}
	licence_action(call, matter);
	zhen_open_object(call, NULL);
	zhen_put(call, "title", "查询办理进度");
	zhen_put(call, "method", "GET");
	zhen_put(call, "path", "/track");
	zhen_close(call);
	zhen_close(call);
}

static void show_steps(zhen_call *call, const struct matter *matter)
{
	zhen_open_list(call, "steps");
	ZHEN_FOR_EACH (call, row,
	               "SELECT title, body_name, state, done_at FROM matter_step WHERE matter = $1 ORDER BY seq",
	               matter->id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", zhen_column_text(row, "title"));
		zhen_put(call, "body", zhen_column_text(row, "body_name"));
		zhen_put(call, "state", zhen_column_text(row, "state"));
		zhen_put(call, "done_on", zhen_date_of_ms(call, zhen_column_int(row, "done_at")));
		zhen_close(call);
	}
	zhen_close(call);
}

static void show_documents(zhen_call *call, const struct matter *matter)
{
	zhen_open_list(call, "documents");
	ZHEN_FOR_EACH(call, row,
	              "SELECT title, number, dated_on, state, code_seed FROM document WHERE matter = $1 AND state NOT IN ('waiting', 'rendering') "
	              "ORDER BY id",
	              matter->id) {
		zhen_open_object(call, NULL);
		zhen_put(call, "title", zhen_column_text(row, "title"));
		zhen_put(call, "number", zhen_column_text(row, "number"));
		zhen_put(call, "dated_on", zhen_column_text(row, "dated_on"));
		zhen_put(call, "state", zhen_column_text(row, "state"));
		const char *number = or_empty(zhen_column_text(row, "number"));
		const char *code = zhen_code_of(call, or_empty(zhen_column_text(row, "code_seed")), number);
		zhen_put(call, "code", code);
		zhen_put(call, "href",
		         zhen_format(call, "%s/p/approvals/documents/%s?code=%s", or_empty(call->host->base_url(call)),
		                     zhen_percent_encoded(call, number), code));
		zhen_close(call);
	}
	zhen_close(call);
}

zhen_result track(zhen_call *call)
{
	struct matter matter;

	/* The page that asks. */
	if (!zhen_has(call, "number") && !zhen_has(call, "code")) {
		zhen_put(call, "hint", "请输入申请编号和查询码");
		return zhen_ok(call);
	}
	zhen_result refused = matter_by_code(call, &matter);
	if (refused != 0)
		return refused;
	const zhen_row *row = zhen_one(call,
	                               "SELECT item_name, step_title, state, filed_at, accepted_at, due_on, provisional, contact, "
	                               "visits, visit_limit, deemed, purged_at FROM matter WHERE id = $1",
	                               matter.id);
	if (purged_notice(row)[0] != '\0')
		zhen_put(call, "notice", purged_notice(row));
	zhen_put(call, "number", matter.number);
	zhen_put(call, "item_name", zhen_column_text(row, "item_name"));
	zhen_put(call, "state", zhen_column_text(row, "state"));
	zhen_put(call, "state_title", state_title(or_empty(zhen_column_text(row, "state"))));
	zhen_put(call, "waits_for", why_it_waits(matter.state));
	zhen_put(call, "step_title", zhen_column_text(row, "step_title"));
	zhen_put(call, "filed_on", zhen_date_of_ms(call, zhen_column_int(row, "filed_at")));
	zhen_put(call, "accepted_on", zhen_date_of_ms(call, zhen_column_int(row, "accepted_at")));
	/* Before acceptance the day stands for being told, not for being done. */
	zhen_put(call, matter.state == STATE_FILED ? "told_by" : matter.state == STATE_SUPPLEMENTING ? "supply_by" : "due_on",
	         zhen_column_text(row, "due_on"));
	if (zhen_column_int(row, "provisional") != 0)
		zhen_put(call, "provisional", 1);
	zhen_put(call, "contact", zhen_column_text(row, "contact"));
	zhen_put(call, "visits", zhen_column_int(row, "visits"));
	licence_show(call, matter.id);
	checklist_show(call, &matter, false);
	show_phases(call, &matter);
	show_steps(call, &matter);
	show_documents(call, &matter);
	delivery_show(call, matter.id);
	bool open = matter_allows(or_empty(zhen_column_text(row, "state")), ACT_ATTACH) ||
	            matter_allows(or_empty(zhen_column_text(row, "state")), ACT_MAKE_GOOD);
	const char *ticket = open ? call->host->ticket(call, matter.number, TICKET_MS) : NULL;
	if (ticket != NULL)
		zhen_put(call, "ticket", ticket);
	track_actions(call, &matter, ticket);
	return zhen_ok(call);
}

/* "I bring it on paper": of one material, or of all that is open. false: it is none of the list. */
static bool will_bring(zhen_call *call, const struct matter *matter, const char *title)
{
	struct checklist list = checklist_of(call, matter);
	bool all = strcmp(title, EVERYTHING) == 0, found = all;

	for (size_t i = 0; i < list.count; i++)
		if (needed_is_open(&list.rows[i]) && (all || checklist_find(&list, title) == &list.rows[i])) {
			needed_set(call, &list.rows[i], "bring", "");
			list.rows[i].person = "";
			found = true;
		}
	checklist_store(call, matter, &list);
	return found;
}

zhen_result attach(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_pass(call, &matter);
	const char *title = or_empty(zhen_text(call, "title"));
	bool on_paper = strcmp(or_empty(zhen_text(call, "how")), "paper") == 0;

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_ATTACH);
	if (refused == 0)
		refused = material_check(call);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	if (on_paper && !will_bring(call, &matter, title)) {
		zhen_field_error(call, "title", "material-not-listed", "“%s”不在还缺的申请材料里", title);
		return zhen_invalid(call);
	}
	if (!on_paper && !zhen_has(call, "file")) {
		zhen_field_error(call, "file", "required",
		                 "请选择要上传的文件；带纸质件到窗口的，请选“带纸质件到窗口”");
		return zhen_invalid(call);
	}
	if (!on_paper)
		material_keep(call, &matter, title);
	matter_note(call, &matter, "attached", on_paper ? zhen_format(call, "%s（将带纸质件到窗口）", title) : title);
	zhen_put(call, "number", matter.number);
	checklist_show(call, &matter, false);
	track_actions(call, &matter, or_empty(call->host->ticket(call, matter.number, TICKET_MS)));
	return zhen_ok(call);
}

void supplied(zhen_call *call, struct matter *matter, const char *note)
{
	matter->materials_at = zhen_now(call);
	zhen_run(call, "UPDATE matter SET materials_at = $1 WHERE id = $2", matter->materials_at, matter->id);
	matter_set_state(call, matter, STATE_FILED);
	clock_watch_intake(call, matter);
	matter_note(call, matter, "supplied", note);
}

/* Of the materials asked for, the only one that is open; else NULL. */
static struct needed *only_told(const struct checklist *list)
{
	struct needed *only = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (list->rows[i].told && needed_is_open(&list->rows[i])) {
			if (only != NULL)
				return NULL;
			only = &list->rows[i];
		}
	return only;
}

/* What was wrong in the application itself is put right in words, once nothing else is open. */
static void put_right(zhen_call *call, const struct matter *matter, struct checklist *list)
{
	struct needed *last = only_told(list);

	if (last == NULL || !last->form || zhen_has(call, "file"))
		return;
	needed_set(call, last, "form", "");
	last->person = "";
	checklist_store(call, matter, list);
}

zhen_result supply(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_by_pass(call, &matter);

	if (refused == 0)
		refused = matter_may(call, &matter, ACT_SUPPLY);
	if (refused == 0)
		refused = material_check(call);
	if (refused != 0)
		return refused;
	call->host->subject(call, matter.number);
	struct checklist before = checklist_of(call, &matter);
	const struct needed *last = only_told(&before);
	material_keep(call, &matter, zhen_has(call, "title") ? or_empty(zhen_text(call, "title")) : last != NULL ? last->name : "");
	struct checklist list = checklist_of(call, &matter);
	put_right(call, &matter, &list);
	const char *open = checklist_still_told(call, &list);
	zhen_put(call, "number", matter.number);
	if (open[0] != '\0' && zhen_has(call, "file")) {
		zhen_put(call, "state", "supplementing");
		zhen_put(call, "still", open);
		matter_note(call, &matter, "attached", zhen_text(call, "note"));
		track_actions(call, &matter, or_empty(call->host->ticket(call, matter.number, TICKET_MS)));
		return zhen_ok(call);
	}
	if (open[0] != '\0')
		return zhen_fail(call, ZHEN_CONFLICT, "supplement-incomplete",
		                 "还没有补齐：%s。请逐份提交（“提交材料”），或者带纸质件到窗口由工作人员登记，齐了再提交补正", open);
	supplied(call, &matter, zhen_text(call, "note"));
	zhen_put(call, "state", "filed");
	zhen_put(call, "told_by", matter.watch_on);
	return zhen_ok(call);
}
