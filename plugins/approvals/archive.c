/* SPDX-License-Identifier: Apache-2.0
 * 归档: a closed case becomes a file of which every act is refused (档案法 37, 实施条例 39). What stands in it is digested and
 * signed by the host when it is closed, so that a row changed afterwards, by whatever hand, shows, and which. How long it is kept may
 * not be known yet; that does not keep it from being closed. What is owed keeps it: a paper not yet made, a promise nobody looked
 * into, a complaint not mended, what the applicant has not got, and the days left for signing and rating. A permission withdrawn
 * afterwards (行政许可法 69) opens the file again: the first volume stays as it was put away, word for word, and what followed
 * becomes the next volume. */
#include "items.h"
#include "licence.h"
#include "volume.h"

/* A later volume vouches for the one before it. */
static const char *signed_text(zhen_call *call, const char *number, int64_t volume, const char *before,
                               const char *outcome, const char *retention, const char *digest)
{
	return zhen_format(call, "archive|%s|%lld|%s|%s|%s|%s", number, (long long)volume, before, outcome, retention,
	                   digest);
}

#define VOLUMES                                                                                                                  \
	"SELECT 1 AS volume, outcome, retention, digest, manifest, signature, person, at FROM archive WHERE matter = $1 UNION ALL " \
	"SELECT volume, outcome, retention, digest, manifest, signature, person, at FROM archive_volume WHERE matter = $1 "

/* NULL = it was never put away. */
static const zhen_row *newest_volume(zhen_call *call, int64_t id)
{
	return zhen_one(call, VOLUMES "ORDER BY volume DESC LIMIT 1", id);
}

bool archive_has(zhen_call *call, int64_t matter)
{
	return newest_volume(call, matter) != NULL;
}

bool archive_grants(zhen_call *call, int64_t matter)
{
	const zhen_row *newest = newest_volume(call, matter);

	return strcmp(or_empty(zhen_column_text(newest, "outcome")), approval_process.states[STATE_ISSUED].name) == 0;
}

static const char *digest_of(zhen_call *call, const char *text)
{
	return or_empty(call->host->sm3(call, text, strlen(text)));
}

static void put_away(zhen_call *call, const struct matter *matter)
{
	const zhen_row *before = newest_volume(call, matter->id);
	int64_t volume = zhen_column_int(before, "volume") + 1;
	const char *last = zhen_format(call, "%s", or_empty(zhen_column_text(before, "digest"))),
		   *outcome = approval_process.states[matter->state].name,
		   *retention = or_empty(zhen_text(call, "retention"));
	const char *manifest = volume_manifest(call, volume_text(call, matter->id)),
		   *digest = digest_of(call, manifest);
	const char *signature = or_empty(
		call->host->sign(call, signed_text(call, matter->number, volume, last, outcome, retention, digest)));

	if (volume > 1) {
		zhen_run(call,
		         "INSERT INTO archive_volume(matter, volume, outcome, retention, digest, manifest, signature, person, at) "
		         "VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
		         matter->id, volume, outcome, retention, digest, manifest, signature,
		         zhen_get_caller(call)->name, zhen_now(call));
		return;
	}
	zhen_run(call,
	         "INSERT INTO archive(matter, outcome, retention, digest, manifest, signature, person, at) "
	         "VALUES($1, $2, $3, $4, $5, $6, $7, $8)",
	         matter->id, outcome, retention, digest, manifest, signature, zhen_get_caller(call)->name,
	         zhen_now(call));
	counter_add(call, matter->township, "archived", 1);
}

/* ---- what is owed first ---- */

static const char *paper_lacking(zhen_call *call, const struct matter *matter, const char **out_code)
{
	const zhen_row *row = zhen_one(
		call,
		"SELECT number, state FROM document WHERE matter = $1 AND state IN ('waiting', 'rendering') LIMIT 1",
		matter->id);

	if (row == NULL && matter->state == STATE_RETRACTED &&
	    zhen_one(call, "SELECT id FROM document WHERE matter = $1 LIMIT 1", matter->id) == NULL) {
		*out_code = "nothing-to-archive";
		return "没有制发过文书，不用归档 (there is no paper of it)";
	}
	if (row == NULL)
		return NULL;
	bool waits = strcmp(or_empty(zhen_column_text(row, "state")), "waiting") == 0;
	*out_code = waits ? "document-unsealed" : "document-rendering";
	return waits ? zhen_format(call, "%s还没有用印，用印签发后再归档", or_empty(zhen_column_text(row, "number"))) :
	               "文书正在生成，签发后再归档";
}

/* By what was done, not by what was to be done by when: no day that goes by opens the way. */
static bool is_followed_up(zhen_call *call, const struct matter *matter)
{
	return (matter->state != STATE_ISSUED || !promise_is_open(call, matter->id)) &&
	       zhen_one(call, "SELECT matter FROM rating WHERE matter = $1 AND grade <= 2 AND mended_at = 0",
	                matter->id) == NULL;
}

const char *archive_lacking(zhen_call *call, const struct matter *matter, const char **out_code)
{
	const char *lacking = paper_lacking(call, matter, out_code);

	if (lacking != NULL)
		return lacking;
	if (!is_followed_up(call, matter)) {
		*out_code = "follow-up-open";
		return "还有未完成的承诺核查或者差评整改，完成后再归档";
	}
	if (matter->state == STATE_ISSUED && promise_is_undecided(call, matter->id)) {
		*out_code = "withdrawal-undecided";
		return "承诺经核查不实：由本机关负责人决定撤销，或者决定不予撤销，之后再归档（行政许可法第六十九条）";
	}
	if (matter->state == STATE_ISSUED && superior_open(call, matter->id)[0] != '\0') {
		*out_code = "superior-undone";
		return "上级机关已经决定撤销：告知被许可人、作出决定并送达以后再归档（行政许可法第六十九条）";
	}
	return delivery_lacking(call, matter, out_code);
}

zhen_result archive_case(zhen_call *call)
{
	struct matter matter;
	zhen_result refused = matter_for(call, ACT_ARCHIVE, &matter);
	const char *code = "";

	if (refused != 0)
		return refused;
	const char *lacking = archive_lacking(call, &matter, &code);
	if (lacking != NULL)
		return zhen_fail(call, ZHEN_CONFLICT, code, "件 %s：%s", matter.number, lacking);
	zhen_run(call, "DELETE FROM deadline WHERE matter = $1", matter.id);
	matter_note(call, &matter, "archived",
	            zhen_choice_title(call, RETENTION_CHOICES, or_empty(zhen_text(call, "retention"))));
	put_away(call, &matter);
	matter_set_state(call, &matter, STATE_ARCHIVED);
	return matter_reply(call, &matter);
}

zhen_result archive_reopen(zhen_call *call, const struct matter *matter, bool is_ended, const char *reason)
{
	const zhen_row *newest = newest_volume(call, matter->id);

	if (!is_ended && !archive_grants(call, matter->id))
		return zhen_fail(call, ZHEN_CONFLICT, "nothing-granted", "件 %s 归档的不是准予决定，没有可以撤销的许可",
		                 matter->number);
	zhen_run(call,
	         "INSERT INTO archive_kept(matter, volume, content, reason, reopened_by, reopened_at) VALUES($1, $2, $3, $4, $5, $6)",
	         matter->id, zhen_column_int(newest, "volume"),
	         volume_text_as(call, matter->id, or_empty(zhen_column_text(newest, "manifest"))), or_empty(reason),
	         zhen_get_caller(call)->name, zhen_now(call));
	matter_note(call, matter, "reopened", "原卷不动，撤销材料另立附卷");
	return 0;
}

/* ---- whether it is as it was ---- */

/* Put away before volumes had manifests: digested whole, so that it cannot be said what of it is not. */
static const char *changed_before(zhen_call *call, const char *number, int64_t id, const zhen_row *row,
                                  const char *before, const char *kept)
{
	const char *digest = or_empty(zhen_column_text(row, "digest"));
	int64_t volume = zhen_column_int(row, "volume");
	const char *said =
		volume == 1 ? zhen_format(call, "archive|%s|%s", number, digest) :
		              zhen_format(call, "archive|%s|%lld|%s|%s", number, (long long)volume, before, digest);

	return strcmp(digest_of(call, kept != NULL ? kept : volume_text_whole(call, id)), digest) == 0 &&
	                       call->host->signed_by_host(call, said, or_empty(zhen_column_text(row, "signature"))) ?
	               "" :
	               "归档登记或者卷内内容（归档时没有逐表登记）";
}

/* Of one volume: what is not, "" = it is. Held to the words kept when the file was opened again, else to what stands there now. */
static const char *changed_in(zhen_call *call, const char *number, int64_t id, const zhen_row *row, const char *before,
                              const char *kept)
{
	const char *manifest = or_empty(zhen_column_text(row, "manifest")),
		   *digest = or_empty(zhen_column_text(row, "digest"));
	if (manifest[0] == '\0')
		return changed_before(call, number, id, row, before, kept);
	const char *said = signed_text(call, number, zhen_column_int(row, "volume"), before,
	                               or_empty(zhen_column_text(row, "outcome")),
	                               or_empty(zhen_column_text(row, "retention")), digest);
	const char *names = volume_changed(call, id, manifest, kept);

	if (strcmp(digest_of(call, manifest), digest) != 0 ||
	    !call->host->signed_by_host(call, said, or_empty(zhen_column_text(row, "signature"))))
		return zhen_format(call, "归档登记（结果、保管期限、摘要、签名）%s%s", names[0] != '\0' ? "、" : "", names);
	return names;
}

static bool show_volume(zhen_call *call, const char *number, int64_t id, const zhen_row *row, const char *before)
{
	int64_t volume = zhen_column_int(row, "volume");
	const zhen_row *kept = zhen_one(
		call,
		"SELECT content, reason, reopened_by, reopened_at FROM archive_kept WHERE matter = $1 AND volume = $2",
		id, volume);
	const char *changed = changed_in(call, number, id, row, before,
	                                 kept != NULL ? or_empty(zhen_column_text(kept, "content")) : NULL);

	zhen_open_object(call, NULL);
	zhen_put(call, "title", volume == 1 ? "原卷" : zhen_format(call, "附卷%lld", (long long)volume - 1));
	zhen_put(call, "intact", changed[0] == '\0');
	if (changed[0] != '\0')
		zhen_put(call, "changed", changed);
	zhen_put(call, "outcome_title", state_title(or_empty(zhen_column_text(row, "outcome"))));
	zhen_put(call, "retention", zhen_column_text(row, "retention"));
	zhen_put(call, "digest", zhen_column_text(row, "digest"));
	zhen_put(call, "person", zhen_column_text(row, "person"));
	zhen_put_time(call, "archived_at", zhen_column_int(row, "at"));
	if (kept != NULL) {
		zhen_put(call, "reopened_why", zhen_column_text(kept, "reason"));
		zhen_put(call, "reopened_by", zhen_column_text(kept, "reopened_by"));
		zhen_put_time(call, "reopened_at", zhen_column_int(kept, "reopened_at"));
	}
	zhen_close(call);
	return changed[0] == '\0';
}

zhen_result show_archive(zhen_call *call)
{
	int64_t id = zhen_int(call, "id");
	const zhen_row *row =
		zhen_one(call, "SELECT number FROM matter WHERE id = $1 AND {{scope village township}}", id);
	const zhen_row *newest = row != NULL && has_part(call, id) ? newest_volume(call, id) : NULL;
	const char *before = "";
	bool intact = true;

	if (newest == NULL)
		return zhen_fail(call, ZHEN_NOT_FOUND, "not-found", "没有这件档案，或不在您的管辖范围");
	const char *number = or_empty(zhen_column_text(row, "number"));
	call->host->subject(call, number);
	zhen_open_list(call, "volumes");
	ZHEN_FOR_EACH (call, volume, VOLUMES "ORDER BY volume", id) {
		const char *digest = or_empty(zhen_column_text(volume, "digest"));

		intact = show_volume(call, number, id, volume, before) && intact;
		before = zhen_format(call, "%s", digest);
	}
	zhen_close(call);
	zhen_put(call, "number", number);
	zhen_put(call, "intact", intact);
	zhen_put(call, "outcome", zhen_column_text(newest, "outcome"));
	zhen_put(call, "outcome_title", state_title(or_empty(zhen_column_text(newest, "outcome"))));
	zhen_put(call, "retention", zhen_column_text(newest, "retention"));
	return zhen_ok(call);
}
